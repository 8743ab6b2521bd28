/// Byte strings one after the other in memory, in the order in which operations use them, so that
/// finding one costs no cache miss.
protocol ByteList: Sendable {
    /// Creates an empty list with room for `count` strings of `byteCount` bytes together.
    init(count: Int, byteCount: Int)

    var count: Int { get }

    mutating func append(_ bytes: UnsafeRawBufferPointer)
}

/// Strings as a Swift program has them: what our own interface takes.
struct ByteArrays: ByteList {
    private(set) var items: [[UInt8]] = []

    init(count: Int, byteCount: Int) { items.reserveCapacity(count) }

    var count: Int { items.count }

    mutating func append(_ bytes: UnsafeRawBufferPointer) { items.append([UInt8](bytes)) }
}

/// Strings in one block: what a program in C would hand to a peer.
struct ByteBlock: ByteList {
    private var bytes: [UInt8] = []
    private var ends: [Int] = [0]

    init(count: Int, byteCount: Int) {
        bytes.reserveCapacity(byteCount)
        ends.reserveCapacity(count + 1)
    }

    var count: Int { ends.count - 1 }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        self.bytes.append(contentsOf: bytes)
        ends.append(self.bytes.count)
    }

    /// Calls `body` with the string at `index`; the pointer is good until it returns.
    @inline(__always)
    func with<Value>(
        _ index: Int,
        _ body: (UnsafeRawPointer, Int) throws -> Value
    ) rethrows -> Value {
        let (start, end) = (ends[index], ends[index + 1])
        return try bytes.withUnsafeBytes { block in
            guard let base = block.baseAddress else {
                preconditionFailure("A list without strings has none at \(index).")
            }
            return try body(base + start, end - start)
        }
    }
}
