#if Mongo
    import Foundation
    import SessionCore

    /// A value as Bottender's program sees it, after the rules of MongoDB's driver for JavaScript.
    ///
    /// Written from the specification and without the codec that it is to check: numbers of 32 bits
    /// and doubles are numbers; of 64 bits, too, as long as a double holds them; whole numbers are
    /// written with 32 bits or as doubles.
    indirect enum JavaScript: Hashable {
        case null
        case bool(Bool)
        case number(Double)
        case long(Int64)
        case string(String)
        case date(Int64)
        case objectID([UInt8])
        case array([JavaScript])
        case object([Member])

        struct Member: Hashable {
            var name: String
            var value: JavaScript
        }

        subscript(name: String) -> JavaScript? {
            get {
                guard case .object(let members) = self else { return nil }
                return members.first { $0.name == name }?.value
            }
            set {
                guard case .object(var members) = self, let newValue else { return }
                if let place = members.firstIndex(where: { $0.name == name }) {
                    members[place].value = newValue
                } else {
                    members.append(Member(name: name, value: newValue))
                }
                self = .object(members)
            }
        }

        // MARK: Reading

        static func read(_ bytes: [UInt8]) -> JavaScript {
            var place = 0
            return .object(members(bytes, &place))
        }

        private static func members(_ bytes: [UInt8], _ place: inout Int) -> [Member] {
            place += 4
            var members: [Member] = []
            while bytes[place] != 0 {
                let type = bytes[place]
                place += 1
                let name = text(bytes, &place, until: bytes[place...].firstIndex(of: 0) ?? place)
                members.append(Member(name: name, value: value(type, bytes, &place)))
            }
            place += 1
            return members
        }

        private static func text(_ bytes: [UInt8], _ place: inout Int, until end: Int) -> String {
            defer { place = end + 1 }
            return String(decoding: bytes[place..<end], as: UTF8.self)
        }

        private static func word(_ bytes: [UInt8], _ place: inout Int, _ count: Int) -> UInt64 {
            defer { place += count }
            return (0..<count).reduce(0) { $0 | UInt64(bytes[place + $1]) << (8 * UInt64($1)) }
        }

        private static func value(
            _ type: UInt8,
            _ bytes: [UInt8],
            _ place: inout Int
        ) -> JavaScript {
            switch type {
            case 0x01: return .number(Double(bitPattern: word(bytes, &place, 8)))
            case 0x02:
                let count = Int(word(bytes, &place, 4))
                return .string(text(bytes, &place, until: place + count - 1))
            case 0x03: return .object(members(bytes, &place))
            case 0x04: return .array(members(bytes, &place).map(\.value))
            case 0x07:
                defer { place += 12 }
                return .objectID(Array(bytes[place..<(place + 12)]))
            case 0x08: return .bool(word(bytes, &place, 1) == 1)
            case 0x09: return .date(Int64(bitPattern: word(bytes, &place, 8)))
            case 0x0A: return .null
            case 0x10: return .number(Double(Int32(truncatingIfNeeded: word(bytes, &place, 4))))
            case 0x12:
                let value = Int64(bitPattern: word(bytes, &place, 8))
                return abs(value) <= 1 << 53 ? .number(Double(value)) : .long(value)
            default: preconditionFailure("a type that these tests don't use: \(type)")
            }
        }

        // MARK: Writing

        /// The document as the driver for JavaScript writes it.
        var bson: [UInt8] {
            guard case .object(let members) = self else { return [] }
            return Self.document(members)
        }

        private static func document(_ members: [Member]) -> [UInt8] {
            let body = members.flatMap { member -> [UInt8] in
                let (type, value) = member.value.encoded
                return [type] + Array(member.name.utf8) + [0] + value
            }
            return little(UInt64(body.count + 5), 4) + body + [0]
        }

        private static func little(_ value: UInt64, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
        }

        private var encoded: (type: UInt8, bytes: [UInt8]) {
            switch self {
            case .null: return (0x0A, [])
            case .bool(let value): return (0x08, [value ? 1 : 0])
            case .number(let value):
                if let small = Int32(exactly: value) {
                    return (0x10, Self.little(UInt64(UInt32(bitPattern: small)), 4))
                }
                return (0x01, Self.little(value.bitPattern, 8))
            case .long(let value): return (0x12, Self.little(UInt64(bitPattern: value), 8))
            case .string(let text):
                let bytes = Array(text.utf8)
                return (0x02, Self.little(UInt64(bytes.count + 1), 4) + bytes + [0])
            case .date(let value): return (0x09, Self.little(UInt64(bitPattern: value), 8))
            case .objectID(let bytes): return (0x07, bytes)
            case .array(let values):
                let members = values.enumerated().map { Member(name: "\($0)", value: $1) }
                return (0x04, Self.document(members))
            case .object(let members): return (0x03, Self.document(members))
            }
        }
    }
#endif
