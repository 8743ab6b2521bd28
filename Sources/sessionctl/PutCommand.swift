#if Tools
    import ArgumentParser
    import FileSessions
    import Foundation
    import SessionCore

    struct PutCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "put",
            abstract: "Stores the session that standard input holds.",
            discussion: """
                Standard input is one JSON document with the field "id". It replaces the session of \
                that id, if there is one, and its "lastActivity" becomes now. Returns once the session \
                survives a power cut. Fails while a bot has the directory open.

                JSON KEYS: id, revision, lastActivity, bytes.
                """
        )

        @OptionGroup var common: CommonOptions

        @Flag(help: "Make the store when there is none.")
        var create = false

        func run() async throws {
            let session = try readSession()
            let outcome = try await Store.write(common.directory, creating: create) { store in
                let written = try await store.write(session)
                if common.json {
                    Output.print(
                        [
                            "id": .string(written.id.rawValue),
                            "revision": written.revision.map { .string("\($0)") } ?? .null,
                            "lastActivity": written.lastActivity.map { JSON($0) } ?? .null,
                            "bytes": JSON(try written.encodedByteCount()),
                        ]
                    )
                } else {
                    Output.say("stored \(escaped(written.id.rawValue))")
                }
                return Store.outcome(of: store)
            }
            try outcome.conclude()
        }

        private func readSession() throws -> Session {
            // One byte more than fits tells a document that fits from one that does not.
            let data: Data
            do {
                let limit = Session.byteCountMax + 1
                data = try FileHandle.standardInput.read(upToCount: limit) ?? Data()
            } catch {
                throw Failure("standard input: \(error). Nothing was changed.")
            }
            do {
                return try Session(decoding: [UInt8](data))
            } catch {
                throw Failure("standard input: \(error). Nothing was changed.")
            }
        }
    }
#endif
