#if Mongo
    /// Writes a BSON document, element by element.
    struct BSONWriter {
        /// Where a document began whose length is not known yet.
        struct Mark {
            fileprivate let offset: Int
        }

        private(set) var bytes: [UInt8] = []

        init() {
            append(Int32(0))
        }

        /// Returns the bytes of a document with what `body` writes.
        static func document(
            _ body: (inout BSONWriter) -> Void
        ) -> [UInt8] {
            var writer = BSONWriter()
            body(&writer)
            return writer.finished()
        }

        /// Ends the document, and returns its bytes.
        consuming func finished() -> [UInt8] {
            end(Mark(offset: 0))
            return bytes
        }

        // MARK: Elements

        mutating func set(_ name: String, to text: String) {
            head(.string, name)
            append(text)
        }

        mutating func set(_ name: String, toUTF8 text: [UInt8]) {
            head(.string, name)
            append(Int32(clamping: text.count + 1))
            bytes.append(contentsOf: text)
            bytes.append(0)
        }

        mutating func set(_ name: String, to value: Int32) {
            head(.int32, name)
            append(value)
        }

        mutating func set(_ name: String, to value: Int64) {
            head(.int64, name)
            append(value)
        }

        mutating func set(_ name: String, to value: Double) {
            head(.double, name)
            append(value.bitPattern)
        }

        mutating func set(_ name: String, to value: Bool) {
            head(.bool, name)
            bytes.append(value ? 1 : 0)
        }

        mutating func set(_ name: String, toDate milliseconds: Int64) {
            head(.date, name)
            append(milliseconds)
        }

        mutating func setNull(_ name: String) {
            head(.null, name)
        }

        /// Writes an element as it was read from somewhere else.
        mutating func set(_ name: String, to value: BSONElement) {
            head(value.type, name)
            bytes.append(contentsOf: value.bytes)
        }

        /// Writes a document whose bytes are there already.
        mutating func set(_ name: String, toDocument document: [UInt8]) {
            head(.document, name)
            bytes.append(contentsOf: document)
        }

        mutating func setDocument(
            _ name: String,
            _ body: (inout BSONWriter) -> Void
        ) {
            let mark = begin(.document, name)
            body(&self)
            end(mark)
        }

        mutating func setArray(
            _ name: String,
            _ body: (inout BSONWriter) -> Void
        ) {
            let mark = begin(.array, name)
            body(&self)
            end(mark)
        }

        /// Begins a document inside the document; whatever is written until ``end(_:)`` is in it.
        mutating func begin(_ type: BSONType, _ name: String) -> Mark {
            head(type, name)
            let mark = Mark(offset: bytes.count)
            append(Int32(0))
            return mark
        }

        mutating func end(_ mark: Mark) {
            bytes.append(0)
            let length = UInt32(clamping: bytes.count - mark.offset)
            for index in 0..<4 {
                bytes[mark.offset + index] = UInt8(truncatingIfNeeded: length >> (8 * index))
            }
        }

        /// Writes type and name; a name can't have a NUL in it, so what is behind one is cut off.
        private mutating func head(_ type: BSONType, _ name: String) {
            bytes.append(type.rawValue)
            for byte in name.utf8 {
                guard byte != 0 else { break }
                bytes.append(byte)
            }
            bytes.append(0)
        }

        private mutating func append(_ text: String) {
            append(Int32(clamping: text.utf8.count + 1))
            bytes.append(contentsOf: text.utf8)
            bytes.append(0)
        }

        private mutating func append(_ value: some FixedWidthInteger) {
            var rest = value
            for _ in 0..<(value.bitWidth / 8) {
                bytes.append(UInt8(truncatingIfNeeded: rest))
                rest >>= 8
            }
        }
    }
#endif
