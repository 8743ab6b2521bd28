extension JSON {
    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// The value of a `true` or `false`, or `nil` for anything else.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The number, or `nil` for anything else.
    public var number: JSONNumber? {
        if case .number(let value) = self { value } else { nil }
    }

    /// The number as an integer, or `nil` when it is no number, not whole, or does not fit.
    public var int64: Int64? { number?.int64 }

    /// The number as an unsigned integer, or `nil` when it is no number, not whole, or does not
    /// fit.
    public var uint64: UInt64? { number?.uint64 }

    /// The nearest `Double` to the number, or `nil` when it is no number or too large.
    public var double: Double? { number?.double }

    /// The string, or `nil` for anything else, numbers included.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The elements of an array, or `nil` for anything else.
    public var array: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members of an object, or `nil` for anything else.
    public var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The value under `key` of an object, or `nil` when there is none or this is no object.
    ///
    /// Setting it turns anything that is not an object into one with this single member; setting it
    /// to `nil` removes the member and leaves what is no object as it is.
    public subscript(key: String) -> JSON? {
        get {
            object?[key]
        }
        set {
            guard case .object(var object) = self else {
                if let newValue { self = .object([key: newValue]) }
                return
            }
            // Let go of the members first: two owners would mean copying them all.
            self = .null
            object[key] = newValue
            self = .object(object)
        }
    }

    /// The element at `index` of an array, or `nil` past its ends or when this is no array.
    ///
    /// Setting an element that does not exist, or setting to `nil`, changes nothing.
    public subscript(index: Int) -> JSON? {
        get {
            guard let array, array.indices.contains(index) else { return nil }
            return array[index]
        }
        set {
            guard let newValue, case .array(var array) = self, array.indices.contains(index) else {
                return
            }
            self = .null
            array[index] = newValue
            self = .array(array)
        }
    }
}

extension JSON {
    /// Creates a number.
    public init(_ value: some BinaryInteger) {
        self = .number(JSONNumber(value))
    }

    /// Creates a number, or `null` from NaN and infinities, as JavaScript does.
    public init(_ value: Double) {
        self = JSONNumber(value).map(JSON.number) ?? .null
    }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral, ExpressibleByStringInterpolation
{
    /// Creates `null`.
    public init(nilLiteral: ()) { self = .null }

    /// Creates `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }

    /// Creates a string.
    public init(stringLiteral value: String) { self = .string(value) }

    /// Creates a number.
    public init(integerLiteral value: Int64) { self.init(value) }

    /// Creates a number; a literal beyond `Double` becomes `null`.
    public init(floatLiteral value: Double) { self.init(value) }

    /// Creates an array.
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }

    /// Creates an object; of equal keys the last value wins.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        var object = JSONObject()
        for (key, value) in elements { object[key] = value }
        self = .object(object)
    }
}
