/// A text that equals another only when their UTF-8 bytes are the same.
///
/// `String` compares by canonical equivalence, so "é" written as one scalar equals "é" written as
/// two. A store must not merge two ids because they look alike, nor an object two of its members.
struct ExactText: Hashable, Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: Self, right: Self) -> Bool {
        areSame(left.text, right.text)
    }

    func hash(into hasher: inout Hasher) {
        Self.hash(text, into: &hasher)
    }

    /// Whether the bytes of both texts are the same.
    @inline(__always)
    static func areSame(_ left: String, _ right: String) -> Bool {
        areSame(left.utf8.span, right.utf8.span)
    }

    @inline(__always)
    static func areSame(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        if left.isIdentical(to: right) { return true }
        guard left.count == right.count else { return false }
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }

    /// Whether the bytes of `left` come before those of `right`.
    static func isBefore(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    /// Whether the bytes of `text` begin with those of `prefix`.
    static func hasPrefix(_ text: String, _ prefix: String) -> Bool {
        text.utf8.starts(with: prefix.utf8)
    }

    /// Feeds the bytes of `text` to `hasher`, eight at a time.
    ///
    /// `String` hashes its normalised form: correct here too, but then anyone who can choose texts
    /// can also choose thousands that collide, by permuting combining marks.
    static func hash(_ text: String, into hasher: inout Hasher) {
        let bytes = text.utf8.span
        var offset = 0
        while offset < bytes.count {
            hasher.combine(word(of: bytes, at: offset))
            offset += 8
        }
        hasher.combine(bytes.count)
    }

    /// Returns up to eight bytes from `offset` on as a number, zero where there are no more.
    static func word(of bytes: Span<UInt8>, at offset: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in offset..<min(offset + 8, bytes.count) {
            word = word << 8 | UInt64(bytes[index])
        }
        return word
    }
}
