#if Mongo
    /// One element of a BSON document, with its value as it is stored.
    struct BSONElement: Hashable {
        let name: String
        let type: BSONType
        let bytes: ArraySlice<UInt8>

        /// The text, if it is one.
        func text() throws(BSONError) -> String? {
            guard type == .string else { return nil }
            return try BSONReader.text(bytes)
        }

        /// The document inside, or the elements of an array.
        func document() throws(BSONError) -> BSONReader? {
            guard type == .document || type == .array else { return nil }
            return try BSONReader(bytes)
        }

        /// The number, when it is a whole one.
        var int64: Int64? {
            switch type {
            case .int32: Int64(Int32(truncatingIfNeeded: BSONReader.word(bytes, byteCount: 4)))
            case .int64: Int64(bitPattern: BSONReader.word(bytes, byteCount: 8))
            case .double: Int64(exactly: Double(bitPattern: BSONReader.word(bytes, byteCount: 8)))
            default: nil
            }
        }

        /// The number, or nil when it is none.
        var double: Double? {
            guard type != .double else {
                return Double(bitPattern: BSONReader.word(bytes, byteCount: 8))
            }
            return int64.map { Double($0) }
        }
    }

    /// Reads a BSON document, element by element, and believes no length.
    ///
    /// A length is compared with what is there before anything is done with it, and nothing is
    /// copied.
    struct BSONReader {
        private var rest: ArraySlice<UInt8>

        /// How many bytes the whole document has.
        let byteCount: Int

        /// Begins to read the document that `bytes` are, no more and no less.
        init(_ bytes: ArraySlice<UInt8>) throws(BSONError) {
            guard bytes.count >= 5, Self.length(bytes) == bytes.count else { throw .wrongLength }
            guard bytes.last == 0 else { throw .noEnd }
            byteCount = bytes.count
            rest = bytes.dropFirst(4).dropLast()
        }

        /// Returns the next element, or nil after the last.
        mutating func next() throws(BSONError) -> BSONElement? {
            guard let first = rest.popFirst() else { return nil }
            guard let type = BSONType(rawValue: first) else { throw .unknownType }
            let name = try takeName()
            let count = try Self.byteCount(of: type, in: rest)
            guard count <= rest.count else { throw .wrongLength }
            defer { rest = rest.dropFirst(count) }
            return BSONElement(name: name, type: type, bytes: rest.prefix(count))
        }

        /// Returns the first element called `name`.
        func first(_ name: String) throws(BSONError) -> BSONElement? {
            var copy = self
            while let element = try copy.next() {
                if element.name.utf8.elementsEqual(name.utf8) { return element }
            }
            return nil
        }

        private mutating func takeName() throws(BSONError) -> String {
            guard let end = rest.firstIndex(of: 0) else { throw .noEnd }
            guard let name = String(validating: rest[..<end], as: UTF8.self) else {
                throw .invalidUTF8
            }
            rest = rest[(end + 1)...]
            return name
        }

        /// Returns how many bytes the value at the front of `bytes` says it has; at least what its
        /// type takes, and possibly more than there are.
        private static func byteCount(
            of type: BSONType,
            in bytes: ArraySlice<UInt8>
        ) throws(BSONError) -> Int {
            switch type {
            case .undefined, .null, .minKey, .maxKey: return 0
            case .bool: return 1
            case .int32: return 4
            case .double, .date, .timestamp, .int64: return 8
            case .objectID: return 12
            case .decimal128: return 16
            case .string, .code, .symbol: return 4 + (try length(bytes, atLeast: 1))
            case .pointer: return 4 + (try length(bytes, atLeast: 1)) + 12
            case .document, .array: return try length(bytes, atLeast: 5)
            case .binary: return 5 + (try length(bytes, atLeast: 0))
            // Length, text of a length and a zero, document.
            case .codeWithScope: return try length(bytes, atLeast: 14)
            case .regularExpression:
                guard let pattern = bytes.firstIndex(of: 0),
                    let flags = bytes[(pattern + 1)...].firstIndex(of: 0)
                else { throw .noEnd }
                return flags + 1 - bytes.startIndex
            }
        }

        private static func length(
            _ bytes: ArraySlice<UInt8>,
            atLeast least: Int
        ) throws(BSONError) -> Int {
            guard let length = length(bytes), length >= least else { throw .wrongLength }
            return length
        }

        /// Returns the length in the first four bytes; nil when there are no four.
        private static func length(_ bytes: ArraySlice<UInt8>) -> Int? {
            guard bytes.count >= 4 else { return nil }
            return Int(Int32(truncatingIfNeeded: word(bytes, byteCount: 4)))
        }

        // MARK: Values

        /// Returns the first bytes as a number; they must be there.
        static func word(_ bytes: ArraySlice<UInt8>, byteCount: Int) -> UInt64 {
            bytes.prefix(byteCount).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }

        /// Returns the text of a value that begins with a length and ends with a zero.
        static func text(_ bytes: ArraySlice<UInt8>) throws(BSONError) -> String {
            guard let length = length(bytes), length >= 1, length + 4 == bytes.count else {
                throw .wrongLength
            }
            guard bytes.last == 0 else { throw .noEnd }
            let utf8 = bytes.dropFirst(4).dropLast()
            guard let text = String(validating: utf8, as: UTF8.self) else { throw .invalidUTF8 }
            return text
        }
    }
#endif
