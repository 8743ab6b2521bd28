#if Mongo
    import SessionCore

    // Numbers and names are what JSON and BSON differ in. What BSON can't express is told, so that
    // the caller keeps the original text beside it.

    extension BSONWriter {
        /// How deep a document nests at most; MongoDB's limit is 100, and a command is around it.
        static let depthMax = 90

        /// Writes the members of `object`, but those that `isLeftOut`.
        ///
        /// - Returns: Whether reading them again gives the same object.
        mutating func setMembers(
            of object: JSONObject,
            depth: Int = 1,
            leavingOut isLeftOut: (String) -> Bool = { _ in false }
        ) -> Bool {
            var isExact = true
            for (name, value) in object {
                guard Self.canName(name), !isLeftOut(name) else {
                    isExact = false
                    continue
                }
                if !set(name, to: value, depth: depth) { isExact = false }
            }
            return isExact
        }

        /// Whether a BSON document on every server can have a member called `name`.
        private static func canName(_ name: String) -> Bool {
            name.utf8.first != UInt8(ascii: "$") && !name.utf8.contains(0)
        }

        private mutating func set(_ name: String, to value: JSON, depth: Int) -> Bool {
            switch value {
            case .null: setNull(name)
            case .bool(let value): set(name, to: value)
            case .number(let number): return set(name, to: number)
            case .string(let text): set(name, to: text)
            case .array(let array): return set(name, to: array, depth: depth)
            case .object(let object):
                guard depth < Self.depthMax else { return setTooDeep(name) }
                let mark = begin(.document, name)
                defer { end(mark) }
                return setMembers(of: object, depth: depth + 1)
            }
            return true
        }

        private mutating func set(_ name: String, to array: [JSON], depth: Int) -> Bool {
            guard depth < Self.depthMax else { return setTooDeep(name) }
            let mark = begin(.array, name)
            var isExact = true
            for (index, element) in array.enumerated() {
                let isElementExact = set(String(index), to: element, depth: depth + 1)
                isExact = isElementExact && isExact
            }
            end(mark)
            return isExact
        }

        /// Keeps the place in an array, at least.
        private mutating func setTooDeep(_ name: String) -> Bool {
            setNull(name)
            return false
        }

        private mutating func set(_ name: String, to number: JSONNumber) -> Bool {
            // -0 is a whole number, and no integer.
            if let value = Int64(number.text), number.text != "-0" {
                if let small = Int32(exactly: value) {
                    set(name, to: small)
                } else {
                    set(name, to: value)
                }
                return true
            }
            // What is too large for a double is infinite, as in JavaScript.
            let value = Double(number.text) ?? .infinity
            set(name, to: value)
            return BSONText.number(value)?.text == number.text
        }
    }

    extension JSONObject {
        /// Reads the rest of a document.
        init(_ reader: BSONReader, depth: Int = 1) throws(BSONError) {
            guard depth <= JSON.depthMax else { throw .tooDeep }
            self.init()
            var reader = reader
            while let element = try reader.next() {
                self[element.name] = try JSON(element, depth: depth)
            }
        }
    }

    extension JSON {
        /// Reads the value of an element that is in a document at `depth`.
        ///
        /// What JSON has no type for becomes text, or null where there is nothing to say.
        init(_ element: BSONElement, depth: Int = 1) throws(BSONError) {
            let bytes = element.bytes
            switch element.type {
            case .null, .undefined: self = .null
            case .bool:
                guard let byte = bytes.first, byte <= 1 else { throw .invalidBool }
                self = .bool(byte == 1)
            case .int32, .int64: self = element.int64.map { JSON($0) } ?? .null
            case .double: self = element.double.flatMap(BSONText.number).map(JSON.number) ?? .null
            case .string, .code, .symbol: self = .string(try BSONReader.text(bytes))
            case .document:
                self = .object(try JSONObject(try BSONReader(bytes), depth: depth + 1))
            case .array:
                self = .array(try Self.elements(of: try BSONReader(bytes), depth: depth + 1))
            case .binary: self = .string(try BSONText.binary(bytes))
            case .objectID: self = .string(BSONText.hexadecimal(bytes))
            case .date:
                let milliseconds = Int64(bitPattern: BSONReader.word(bytes, byteCount: 8))
                self = .string(BSONText.date(milliseconds: milliseconds))
            case .regularExpression: self = .string(try BSONText.regularExpression(bytes))
            case .pointer: self = .string(try BSONText.pointer(bytes))
            case .codeWithScope: self = .string(try BSONText.codeWithScope(bytes, depth: depth))
            case .timestamp: self = .string(BSONText.timestamp(bytes))
            case .decimal128: self = .string(BSONText.decimal128(bytes))
            case .minKey: self = .string("MinKey")
            case .maxKey: self = .string("MaxKey")
            }
        }

        /// Reads an array, whose elements have names that say nothing.
        private static func elements(
            of reader: BSONReader,
            depth: Int
        ) throws(BSONError) -> [JSON] {
            guard depth <= JSON.depthMax else { throw .tooDeep }
            var reader = reader
            var elements: [JSON] = []
            while let element = try reader.next() {
                elements.append(try JSON(element, depth: depth))
            }
            return elements
        }
    }
#endif
