extension Session {
    /// Reads the session that `bytes` encode.
    ///
    /// - Throws: What is wrong with them, when they are no JSON object with a valid `id` of at most
    ///   ``byteCountMax`` bytes. Nothing else in a document is wrong.
    public init(decoding bytes: [UInt8]) throws(SessionDecodingError) {
        try self.init(decoding: bytes.span)
    }

    /// Reads the session that `bytes` encode; see ``init(decoding:)-([UInt8])``.
    public init(decoding bytes: Span<UInt8>) throws(SessionDecodingError) {
        try self.init(document: Self.document(in: bytes))
    }

    /// Reads the session that `bytes` encode and that was found under `id`.
    ///
    /// A document without an `id` gets this one.
    ///
    /// - Throws: As ``init(decoding:)-([UInt8])`` does, and `otherID` when the document names
    ///   another id.
    public init(decoding bytes: Span<UInt8>, under id: SessionID) throws(SessionDecodingError) {
        var document = try Self.document(in: bytes)
        switch document[Field.id] {
        case nil: document.prepend(Field.id, .string(id.rawValue))
        case .string(let text)? where ExactText.areSame(text, id.rawValue): break
        default: throw .otherID(expected: id, found: try Session(document: document).id)
        }
        self.init(id: id, origin: document)
    }

    /// Creates the session of a document that is already parsed.
    ///
    /// - Throws: `idMissing` or `idInvalid`.
    public init(document: JSONObject) throws(SessionDecodingError) {
        guard let text = document[Field.id]?.string else { throw .idMissing }
        do throws(InvalidSessionID) {
            self.init(id: try SessionID(text), origin: document)
        } catch {
            throw .idInvalid(error)
        }
    }

    /// Returns the document as compact JSON in UTF-8.
    ///
    /// - Throws: `rejected` when it has more than ``byteCountMax`` bytes or nests deeper than
    ///   ``JSON/depthMax``.
    public func encoded() throws(SessionStoreError) -> [UInt8] {
        JSONWriter.encode(document, byteCount: try encodedByteCount())
    }

    /// Returns how many bytes ``encoded()`` has, without making them.
    ///
    /// - Throws: `rejected`, as ``encoded()`` does.
    public func encodedByteCount() throws(SessionStoreError) -> Int {
        let byteCount: Int
        do throws(JSONError) {
            byteCount = try JSONWriter.byteCount(of: document)
        } catch {
            throw .rejected(Fault(.write, id: id, cause: error.reason.rawValue))
        }
        guard byteCount <= Self.byteCountMax else {
            let cause = "a session of \(byteCount) bytes is larger than \(Self.byteCountMax)"
            throw .rejected(Fault(.write, id: id, cause: cause))
        }
        return byteCount
    }

    private static func document(
        in bytes: Span<UInt8>
    ) throws(SessionDecodingError) -> JSONObject {
        guard bytes.count <= byteCountMax else { throw .tooLarge(byteCount: bytes.count) }
        let value: JSON
        do throws(JSONError) {
            value = try JSON(parsing: bytes)
        } catch {
            throw .notJSON(error)
        }
        guard case .object(let document) = value else { throw .notAnObject }
        return document
    }
}
