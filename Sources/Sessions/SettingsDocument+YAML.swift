#if YAML
    import SessionCore
    import Yams

    extension SettingsDocument {
        static func yaml(
            _ bytes: [UInt8],
            _ path: String
        ) throws(SessionStoreError) -> JSONObject {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw wrong(path, "the file is not UTF-8")
            }
            let root: Node?
            do {
                root = try Yams.compose(yaml: text)
            } catch {
                throw wrong(path, "the file is not YAML: \(reason(error))")
            }
            guard let root, root.null == nil else { return [:] }
            var rest = valueCountMax
            guard case .object(let document) = try json(root, path, depth: 0, &rest) else {
                throw wrong(path, "the file is YAML, but no mapping")
            }
            return document
        }

        /// What is wrong and where, in libyaml's words; never the line, which may hold a secret.
        private static func reason(_ error: any Error) -> String {
            switch error as? YamlError {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                "\(problem), in line \(mark.line), column \(mark.column)"
            case .duplicatedKeysInMapping(_, let context):
                "a key is there twice, in line \(context.mark.line)"
            default: "it can't be parsed"
            }
        }

        // `rest` is how many nodes there may still be. An alias counts as what it stands for, so
        // that a few lines can't become a billion values.
        private static func json(
            _ node: Node,
            _ path: String,
            depth: Int,
            _ rest: inout Int
        ) throws(SessionStoreError) -> JSON {
            rest -= 1
            guard rest >= 0 else {
                throw wrong(path, "it has more than \(valueCountMax) settings")
            }
            guard depth < JSON.depthMax else { throw wrong(path, "it nests too deeply") }
            switch node {
            case .scalar: return scalar(node)
            case .sequence(let nodes):
                var elements: [JSON] = []
                for node in nodes {
                    elements.append(try json(node, path, depth: depth + 1, &rest))
                }
                return .array(elements)
            case .mapping(let mapping):
                var members = JSONObject()
                for (key, value) in mapping {
                    guard let name = key.scalar?.string else {
                        throw wrong(path, "a key is no text")
                    }
                    members[name] = try json(value, path, depth: depth + 1, &rest)
                }
                return .object(members)
            case .alias: throw wrong(path, "an alias stands for nothing")
            }
        }

        private static func scalar(_ node: Node) -> JSON {
            switch Tag.Name(rawValue: node.tag.rawValue) {
            case .null: .null
            case .bool: node.bool.map(JSON.bool) ?? .string(node.string ?? "")
            case .int: node.int.map { JSON($0) } ?? .string(node.string ?? "")
            case .float: node.float.map { JSON($0) } ?? .string(node.string ?? "")
            default: .string(node.scalar?.string ?? "")
            }
        }
    }
#endif
