#if Tools
    import FileSessions
    import Foundation
    import SessionCore

    /// Stores to look at.
    enum Samples {
        static let documents = [
            #"{"id":"line:U1","kind":"user","user":{"id":"U1","displayName":"Ada"},"_state":{"n":1}}"#,
            #"{"id":"slack:C7","kind":"channel","channel":{"id":"C7","members":["U8","U9"]}}"#,
            #"{"id":"slack:G2","kind":"group","group":{"members":["U9"]}}"#,
            #"{"id":"web:a\n\u001b[31mb","kind":"user"}"#,
        ]

        /// Makes a store with four sessions, one of them written twice, and one more destroyed.
        static func store(_ scratch: Scratch) async throws -> String {
            let path = scratch.path("store")
            let store = FileSessionStore(FileSessionOptions(dirname: path))
            try await store.write(Session(id: "line:U1"))
            for document in documents {
                try await store.write(try Session(decoding: Array(document.utf8)))
            }
            try await store.write(Session(id: "line:gone"))
            try await store.destroy("line:gone")
            try await store.close()
            return path
        }

        /// Makes a store as a crash in mid-write leaves it.
        static func tornStore(_ scratch: Scratch) async throws -> String {
            let path = scratch.path("open")
            let copy = scratch.path("torn")
            let store = FileSessionStore(FileSessionOptions(dirname: path))
            for document in documents {
                try await store.write(try Session(decoding: Array(document.utf8)))
            }
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            try await store.close()
            let segment = URL(filePath: copy + "/0000000001.segment")
            var bytes = try Data(contentsOf: segment)
            let end = ((bytes.lastIndex { $0 != 0 } ?? 0) + 8) / 8 * 8
            bytes.replaceSubrange(end..<end + 20, with: Data(repeating: 0xAB, count: 20))
            try bytes.write(to: segment)
            return copy
        }

        /// Changes one byte of a file.
        static func flip(_ path: String, at offset: Int) throws {
            var bytes = try Data(contentsOf: URL(filePath: path))
            bytes[offset] ^= 0x10
            try bytes.write(to: URL(filePath: path))
        }
    }
#endif
