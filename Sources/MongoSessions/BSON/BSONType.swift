#if Mongo
    /// The first byte of an element of a BSON document.
    enum BSONType: UInt8 {
        case double = 0x01
        case string = 0x02
        case document = 0x03
        case array = 0x04
        case binary = 0x05
        case undefined = 0x06
        case objectID = 0x07
        case bool = 0x08
        case date = 0x09
        case null = 0x0A
        case regularExpression = 0x0B
        case pointer = 0x0C
        case code = 0x0D
        case symbol = 0x0E
        case codeWithScope = 0x0F
        case int32 = 0x10
        case timestamp = 0x11
        case int64 = 0x12
        case decimal128 = 0x13
        case maxKey = 0x7F
        case minKey = 0xFF
    }

    /// What is wrong with bytes that should be BSON.
    ///
    /// It carries none of them, which may be private.
    enum BSONError: String, Error, Hashable {
        /// A length says more than there is, or less than it must.
        case wrongLength = "a length that doesn't fit"

        /// A byte that is no type.
        case unknownType = "an unknown type"

        /// A text or a name without the zero at its end, or a document without it.
        case noEnd = "something that doesn't end where it should"

        /// A text or a name that is not UTF-8.
        case invalidUTF8 = "a text that is not UTF-8"

        /// A truth that is neither 0 nor 1.
        case invalidBool = "a truth that is neither true nor false"

        /// A reply without what it is asked for.
        case missing = "a reply without what was asked for"

        /// Documents and arrays nested deeper than a session may be.
        case tooDeep = "documents nested too deeply"
    }
#endif
