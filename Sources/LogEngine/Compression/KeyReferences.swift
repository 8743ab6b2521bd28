package import SegmentFormat

/// The text that stands for a value before it is compressed: what it repeats of the record's key is
/// replaced by references to it.
///
/// A session's document repeats its id in fields and links, and a dictionary cannot know ids: of
/// 150 bytes that a dictionary leaves of a session, they are 18. Where a value has nothing of its
/// key, there is no text: the value is compressed as it is.
package enum KeyReferences {
    /// Begins a reference, and twice stands for itself; no byte of UTF-8, so documents have none.
    package static let mark: UInt8 = 0xFF

    /// A reference: the mark, where the match starts in the key, and how many bytes of the key
    /// there are behind it.
    ///
    /// The rest and not the length: "the id, up to the end" is then the same three bytes for ids of
    /// any length, and part of what the dictionary knows. It is 2.3 bytes a session.
    package static let referenceByteCount = 3

    /// So much of a key can be referred to: offsets are one byte, which must not be the mark.
    package static let keyByteCountMax = 255

    /// Shorter matches are left to the codec: 6, 7 and 8 give the same size, and longer ones are
    /// found in longer strides.
    static let matchByteCountMin = 8

    // MARK: Value to text

    /// Returns the text of `value`, or nil when it would not be shorter.
    ///
    /// - Complexity: O(length of `value`), whatever its bytes are: what a match costs is skipped,
    ///   and what is not long enough costs no more than the least length.
    package static func text(of value: [UInt8], key: [UInt8]) -> [UInt8]? {
        let keyByteCount = min(key.count, keyByteCountMax)
        guard keyByteCount >= matchByteCountMin, value.count >= matchByteCountMin else {
            return nil
        }
        let grams = GramTable(key, keyByteCount)
        var text: [UInt8] = []
        text.reserveCapacity(value.count)
        var nextMark = firstMark(in: value.span, from: 0)
        var copied = 0
        var position = 0
        while position + GramTable.gramByteCount <= value.count {
            guard let start = grams.start(of: value.integer(at: position)),
                let match = match(value, at: position, from: copied, key, keyByteCount, start)
            else {
                position += stride
                continue
            }
            append(value, copied..<match.range.lowerBound, &nextMark, to: &text)
            guard text.count < value.count else { return nil }
            text.append(mark)
            text.append(UInt8(match.start))
            text.append(UInt8(keyByteCount - match.start - match.range.count))
            copied = match.range.upperBound
            position = copied
        }
        guard copied > 0 else { return nil }
        append(value, copied..<value.count, &nextMark, to: &text)
        return text.count < value.count ? text : nil
    }

    /// From one look at the value to the next: whatever is long enough has a gram there.
    private static let stride = matchByteCountMin - GramTable.gramByteCount + 1

    /// Extends the match of the key's byte `start` and the value's byte `position` both ways, back
    /// to `floor` at most; nil when it stays too short.
    private static func match(
        _ value: [UInt8],
        at position: Int,
        from floor: Int,
        _ key: [UInt8],
        _ keyByteCount: Int,
        _ start: Int
    ) -> (range: Range<Int>, start: Int)? {
        var lower = position
        var keyLower = start
        while lower > floor, keyLower > 0, value[lower - 1] == key[keyLower - 1] {
            lower -= 1
            keyLower -= 1
        }
        var upper = position
        var keyUpper = start
        while upper < value.count, keyUpper < keyByteCount, value[upper] == key[keyUpper] {
            upper += 1
            keyUpper += 1
        }
        guard upper - lower >= matchByteCountMin else { return nil }
        return (lower..<upper, keyLower)
    }

    /// Appends bytes of the value, with their marks doubled.
    private static func append(
        _ value: [UInt8],
        _ range: Range<Int>,
        _ nextMark: inout Int,
        to text: inout [UInt8]
    ) {
        // Marks inside a match have been skipped with it.
        if nextMark < range.lowerBound {
            nextMark = firstMark(in: value.span, from: range.lowerBound)
        }
        guard nextMark < range.upperBound else {
            text.append(contentsOf: value[range])
            return
        }
        for byte in value[range] {
            text.append(byte)
            if byte == mark { text.append(mark) }
        }
    }

    // MARK: Text to value

    /// Returns the value that `text` stands for.
    ///
    /// - Throws: `impossible` when a reference leads out of the key, or the value would be longer
    ///   than `limit`; both are seen before anything is allocated.
    package static func value(
        of text: [UInt8],
        key: Span<UInt8>,
        limit: Int
    ) throws(FormatError) -> [UInt8] {
        let byteCount = try valueByteCount(
            of: text.span,
            keyByteCount: min(key.count, keyByteCountMax)
        )
        guard byteCount <= limit else { throw .impossible(field: "value length") }
        var value = [UInt8](repeating: 0, count: byteCount)
        let laidOut = value.withMutableBytes { layOut(text.span, key: key, in: &$0) }
        precondition(laidOut == byteCount)
        return value
    }

    /// Lays the value that `text` stands for out in `value`; returns how long it is, and nil when a
    /// reference leads out of the key, or there is no room.
    static func layOut(
        _ text: Span<UInt8>,
        key: Span<UInt8>,
        in value: inout MutableRawSpan
    ) -> Int? {
        let keyByteCount = min(key.count, keyByteCountMax)
        var byteCount = 0
        var copied = 0
        while true {
            let position = firstMark(in: text, from: copied)
            guard position - copied <= value.byteCount - byteCount else { return nil }
            value.store(text, in: copied..<position, at: byteCount)
            byteCount += position - copied
            guard position < text.count else { return byteCount }
            guard position + 1 < text.count else { return nil }
            let start = Int(text[position + 1])
            if start == Int(mark) {
                guard byteCount < value.byteCount else { return nil }
                value.store(mark, at: byteCount)
                byteCount += 1
                copied = position + 2
            } else {
                guard position + 2 < text.count else { return nil }
                let end = keyByteCount - Int(text[position + 2])
                guard start < end, end - start <= value.byteCount - byteCount else { return nil }
                value.store(key, in: start..<end, at: byteCount)
                byteCount += end - start
                copied = position + referenceByteCount
            }
        }
    }

    /// Checks every reference of `text`, and adds up how long its value is.
    private static func valueByteCount(
        of text: Span<UInt8>,
        keyByteCount: Int
    ) throws(FormatError) -> Int {
        var byteCount = text.count
        var position = firstMark(in: text, from: 0)
        while position < text.count {
            guard position + 1 < text.count else { throw .impossible(field: "key reference") }
            let start = text[position + 1]
            if start == mark {
                byteCount -= 1
                position += 2
            } else {
                guard position + 2 < text.count else { throw .impossible(field: "key reference") }
                let matchByteCount = keyByteCount - Int(start) - Int(text[position + 2])
                guard matchByteCount > 0 else { throw .impossible(field: "key reference") }
                byteCount += matchByteCount - referenceByteCount
                position += referenceByteCount
            }
            position = firstMark(in: text, from: position)
        }
        return byteCount
    }

    /// Returns where the first mark at or after `start` is; the end when there is none.
    private static func firstMark(in bytes: Span<UInt8>, from start: Int) -> Int {
        bytes.firstOffset(of: mark, from: start) ?? bytes.count
    }
}

/// Where each four bytes of a key stand in it first.
private struct GramTable {
    static let gramByteCount = 4

    /// By hash: where, counted from 1; 0 for nowhere.
    ///
    /// What shares a hash with something further ahead is not found: with 24 grams in 1,024
    /// places, one in a hundred.
    ///
    /// An array, though it is never longer: an inline one is copied at each look, 3.3 µs in place
    /// of 1.1 for a session.
    private var starts = [UInt8](repeating: 0, count: 1_024)

    init(_ key: [UInt8], _ keyByteCount: Int) {
        // 252 at most: 255 bytes have no more beginnings of four.
        var start = keyByteCount - Self.gramByteCount
        while start >= 0 {
            starts[Self.place(of: key.integer(at: start))] = UInt8(start + 1)
            start -= 1
        }
    }

    /// Returns where `gram` may stand first; the bytes must still be compared.
    func start(of gram: UInt32) -> Int? {
        let start = starts[Self.place(of: gram)]
        return start == 0 ? nil : Int(start) - 1
    }

    private static func place(of gram: UInt32) -> Int {
        Int((gram &* 0x9E37_79B1) >> 22)
    }
}
