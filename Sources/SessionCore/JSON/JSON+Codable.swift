// The only file that imports Foundation: authors' types are Codable, and only Foundation ships
// coders. Nothing on the way of a session from and to a store passes here.
internal import FoundationEssentials

extension JSON {
    /// Creates what `value` encodes to.
    ///
    /// Members are in alphabetical order, so that equal values give equal JSON.
    ///
    /// - Throws: `EncodingError`, or whatever the type's own `encode(to:)` throws.
    public init(encoding value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try self.init(parsing: [UInt8](encoder.encode(value)))
    }

    /// Returns the value as an instance of `type`.
    ///
    /// - Throws: `DecodingError` when it has another shape, or ``JSONError`` when it nests too
    ///   deeply.
    public func decode<Value: Decodable>(as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(encoded()))
    }
}
