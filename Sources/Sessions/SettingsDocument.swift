#if Configuration
    import Foundation
    import SessionCore

    /// One file of settings: its values by their keys, dots between the parts of a key.
    struct SettingsDocument: Sendable {
        /// Most values of one file.
        static let valueCountMax = 10_000

        let path: String

        /// What the keys say; what is an object has its members here instead, unless it is empty.
        private(set) var values: [String: JSON] = [:]

        /// The keys of `values`, in the order of the file.
        private(set) var keys: [String] = []

        init(path: String) throws(SessionStoreError) {
            let bytes = try Self.bytes(of: path)
            switch URL(filePath: path).pathExtension {
            case "json": try self.init(path: path, document: Self.json(bytes, path))
            case "yaml", "yml": try self.init(path: path, document: Self.yaml(bytes, path))
            default: throw Self.wrong(path, "its name ends neither in .json nor in .yaml or .yml")
            }
        }

        init(path: String, document: JSONObject) throws(SessionStoreError) {
            self.path = path
            try add(document, below: "")
        }

        static func wrong(
            _ path: String,
            _ cause: String,
            setting: String? = nil,
            byteOffset: Int? = nil
        ) -> SessionStoreError {
            .misconfigured(
                Fault(
                    .configure,
                    place: path,
                    byteOffset: byteOffset.map { UInt64($0) },
                    setting: setting,
                    cause: cause
                )
            )
        }

        private mutating func add(
            _ object: JSONObject,
            below parent: String
        ) throws(SessionStoreError) {
            for member in object {
                let key = parent.isEmpty ? member.key : "\(parent).\(member.key)"
                if case .object(let members) = member.value, !members.isEmpty {
                    try add(members, below: key)
                    continue
                }
                guard keys.count < Self.valueCountMax else {
                    throw Self.wrong(path, "it has more than \(Self.valueCountMax) settings")
                }
                guard values.updateValue(member.value, forKey: key) == nil else {
                    throw Self.wrong(path, "it is there twice", setting: key)
                }
                keys.append(key)
            }
        }

        private static func bytes(of path: String) throws(SessionStoreError) -> [UInt8] {
            let limit = SessionConfiguration.fileByteCountMax
            let data: Data
            do {
                let file = try FileHandle(forReadingFrom: URL(filePath: path))
                // One byte more than fits tells a file that fits from one that does not.
                data = try file.read(upToCount: limit + 1) ?? Data()
            } catch CocoaError.fileNoSuchFile, CocoaError.fileReadNoSuchFile {
                throw wrong(path, "there is no such file")
            } catch {
                let cause = "the file can't be read: \(error.localizedDescription)"
                throw .unavailable(Fault(.configure, place: path, cause: cause))
            }
            guard data.count <= limit else {
                throw wrong(path, "the file is longer than \(limit) bytes")
            }
            return [UInt8](data)
        }

        private static func json(
            _ bytes: [UInt8],
            _ path: String
        ) throws(SessionStoreError) -> JSONObject {
            let value: JSON
            do throws(JSONError) {
                value = try JSON(parsing: bytes)
            } catch {
                let cause = "the file is not JSON: \(error.reason.rawValue)"
                throw wrong(path, cause, byteOffset: error.byteOffset)
            }
            guard case .object(let document) = value else {
                throw wrong(path, "the file is JSON, but no object")
            }
            return document
        }

        #if !YAML
            private static func yaml(
                _ bytes: [UInt8],
                _ path: String
            ) throws(SessionStoreError) -> JSONObject {
                let cause = "YAML is not read by this build, since the package trait YAML is off"
                throw wrong(path, cause)
            }
        #endif
    }
#endif
