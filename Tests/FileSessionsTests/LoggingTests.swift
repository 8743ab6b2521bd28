#if Logging
    import InMemoryLogging
    import Logging
    import SessionCore
    import SimulatedDisks
    import Testing

    @testable import FileSessions
    @testable import LogEngine

    @Suite struct LoggingTests {
        let handler = InMemoryLogHandler()
        let disk = SimulatedDisk(seed: 22)

        private func makeLogger(_ level: Logger.Level = .trace) -> Logger {
            let handler = handler
            var logger = Logger(label: "test") { _ in handler }
            logger.logLevel = level
            return logger
        }

        private func lines(_ level: Logger.Level) -> [String] {
            handler.entries.filter { $0.level == level }.map { "\($0.message)" }
        }

        @Test func `a store tells its life, and nothing of what is in it`() async throws {
            var options = FileSessionOptions(dirname: "/store")
            options.limits.maintenance = .manual
            options.log(to: makeLogger())
            let store = FileSessionStore(options, on: disk)
            var session = Session(id: "line:hidden-id")
            session.mergeState(["word": "hidden-value"])
            try await store.write(session)
            try await store.compact()
            try await store.close()

            #expect(lines(.trace).contains("Committed"))
            #expect(lines(.debug).first == "Opened the store")
            #expect(lines(.debug).contains("Sealed a segment"))
            #expect(lines(.debug).contains("Compacted"))
            #expect(lines(.debug).last == "Wrote the index to disk")
            #expect(lines(.info) == [])
            #expect(handler.entries.allSatisfy { $0.metadata["session.store"] == "/store" })
            #expect(!handler.entries.contains { "\($0)".contains("hidden") })
        }

        @Test func `what went wrong, and no caller is told, is said at info`() {
            let observer = FileSessionLogging(logger: makeLogger(.info))
            let key = [UInt8]("hidden-id".utf8)
            let damage = LogDamage(
                file: "1.segment", byteOffset: 64, byteCount: 8, key: key, detail: "checksum")
            var opening = RecoveryReport()
            opening.tornTail = .init(file: "1.segment", byteOffset: 128, byteCount: 20)
            opening.discardedCheckpoint = "it is newer than the manifest"
            opening.damages = [damage]
            observer.didOpen(opening)
            observer.didCommit(recordCount: 1, byteCount: 48, syncNanoseconds: 1)
            observer.didSync(nanoseconds: 1)
            observer.didTakeBackPins(count: 2)
            observer.didFindDamage(damage)
            observer.didPoison(LogFault("sync", file: "1.segment", detail: "EIO"))
            observer.didChangeDiskSpace(isFull: true)
            observer.didChangeDiskSpace(isFull: false)
            observer.didFail(.closed)

            #expect(handler.entries.allSatisfy { $0.level == .info })
            #expect(
                lines(.info) == [
                    "Cut the unfinished end that a crash left",
                    "Built the index anew, since that on disk was of no use", "Found damage",
                    "Ended listings that nobody went on with, to give their space back",
                    "Found damage",
                    "Stopped writing until the store is reopened, since a sync failed",
                    "The disk is full", "The disk has space again", "Put off what failed",
                ]
            )
            let cut = handler.entries[0].metadata
            #expect(cut["file"] == "1.segment" && cut["offset"] == "128" && cut["bytes"] == "20")
            let found = handler.entries[2].metadata
            #expect(found["offset"] == "64" && found["detail"] == "checksum")
            #expect(!handler.entries.contains { "\($0)".contains("hidden") })
        }

        @Test func `an observer of the caller's own is told as well`() async throws {
            let own = Listener()
            var options = FileSessionOptions(dirname: "/store", observer: own)
            options.log(to: makeLogger())
            let store = FileSessionStore(options, on: disk)
            try await store.write(Session(id: "a:1"))
            try await store.close()
            #expect(own.commitCount == 1)
            #expect(lines(.trace).contains("Committed"))
        }
    }
#endif
