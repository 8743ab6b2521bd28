#if Tools
    import SessionCore

    /// Returns a document of the same shape with types and lengths in place of values.
    func redacted(_ value: JSON) -> JSON {
        switch value {
        case .null: return "<null>"
        case .bool: return "<boolean>"
        case .number: return "<number>"
        case .string(let text): return "<string, \(text.utf8.count) bytes>"
        case .array(let elements): return .array(elements.map(redacted))
        case .object(let members):
            var result = JSONObject()
            for member in members { result[member.key] = redacted(member.value) }
            return .object(result)
        }
    }

    /// A document as indented lines, one for each value.
    enum Outline {
        static func text(of value: JSON) -> String {
            var lines: [String] = []
            add(value, name: nil, depth: 0, to: &lines)
            return lines.joined(separator: "\n")
        }

        private static func add(_ value: JSON, name: String?, depth: Int, to lines: inout [String])
        {
            let margin = String(repeating: "  ", count: depth)
            let label = name.map { escaped($0) + ":" }
            switch value {
            case .object(let members) where !members.isEmpty:
                if let label { lines.append(margin + label) }
                let inner = name == nil ? depth : depth + 1
                for member in members {
                    add(member.value, name: member.key, depth: inner, to: &lines)
                }
            case .array(let elements) where !elements.isEmpty:
                if let label { lines.append(margin + label) }
                let inner = name == nil ? depth : depth + 1
                for (index, element) in elements.enumerated() {
                    add(element, name: "\(index)", depth: inner, to: &lines)
                }
            default:
                let text = value.string.map(escaped) ?? value.description
                lines.append(margin + [label, text].compactMap { $0 }.joined(separator: " "))
            }
        }
    }
#endif
