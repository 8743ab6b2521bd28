extension Session {
    /// The bot's own state, which is the field `_state`.
    ///
    /// Empty when the document has none, or something there that is not an object.
    public var state: JSONObject {
        get { document[Field.state]?.object ?? [:] }
        set { document[Field.state] = .object(newValue) }
    }

    /// Replaces the members of the state that `patch` has, whole, and keeps all others.
    public mutating func mergeState(_ patch: JSONObject) {
        var merged = state
        merged.merge(patch)
        state = merged
    }

    /// Replaces the state with `initial`, and keeps everything outside it.
    public mutating func resetState(to initial: JSONObject = [:]) {
        state = initial
    }

    /// Returns the state as an instance of `type`.
    ///
    /// - Throws: `DecodingError` when the state has another shape.
    public func state<State: Decodable>(as type: State.Type) throws -> State {
        try JSON.object(state).decode(as: type)
    }

    /// Replaces the state with what `value` encodes to.
    ///
    /// - Throws: `EncodingError` when that is not an object; the state stays as it was.
    public mutating func setState(_ value: some Encodable) throws {
        let encoded = try JSON(encoding: value)
        guard case .object(let object) = encoded else {
            let context = EncodingError.Context(
                codingPath: [],
                debugDescription: "A session's state has to encode to a JSON object."
            )
            throw EncodingError.invalidValue(value, context)
        }
        state = object
    }
}
