import CLZ4

// The file of this module that calls liblz4: it is lent arrays for the length of a call, with their
// lengths, and what it returns is checked before it counts.

/// A block of LZ4, without any frame around it.
enum LZ4Block {
    /// Returns the block's length, at the front of `block`, which is made long enough; nil when
    /// there is none.
    static func compress(_ text: [UInt8], into block: inout [UInt8]) -> Int? {
        let capacity = Int(LZ4_compressBound(Int32(text.count)))
        block.lengthen(to: capacity)
        let count = unsafe text.withUnsafeBytes { text in
            unsafe block.withUnsafeMutableBytes { block in
                unsafe LZ4_compress_default(
                    text.assumingMemoryBound(to: CChar.self).baseAddress,
                    block.assumingMemoryBound(to: CChar.self).baseAddress,
                    Int32(text.count),
                    Int32(capacity)
                )
            }
        }
        return count > 0 ? Int(count) : nil
    }

    /// Returns what `block` holds when that is `byteCount` bytes, and nil otherwise.
    ///
    /// The caller has limited `byteCount`.
    static func decompress(_ block: ArraySlice<UInt8>, byteCount: Int) -> [UInt8]? {
        let text = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { text, count in
            let result = unsafe block.withUnsafeBytes { block in
                unsafe LZ4_decompress_safe(
                    block.assumingMemoryBound(to: CChar.self).baseAddress,
                    UnsafeMutableRawPointer(text.baseAddress)?
                        .assumingMemoryBound(to: CChar.self),
                    Int32(block.count),
                    Int32(byteCount)
                )
            }
            count = max(0, Int(result))
        }
        return text.count == byteCount ? text : nil
    }
}

extension [UInt8] {
    /// Makes a buffer that is written before it is read at least `byteCount` long.
    mutating func lengthen(to byteCount: Int) {
        if count < byteCount { self = [UInt8](repeating: 0, count: byteCount) }
    }
}
