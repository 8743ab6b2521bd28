#if ServiceLifecycle
    import Logging
    import ServiceLifecycle
    import SessionCore
    import SimulatedDisks
    import Testing

    @testable import FileSessions

    @Suite struct ServiceTests {
        @Test func `a group of services opens the store, and closes it when it stops`() async throws
        {
            let disk = SimulatedDisk(seed: 25)
            let options = FileSessionOptions(
                dirname: "/store", durability: .interval(.seconds(3_600)))
            var store = FileSessionStore(options, on: disk)
            let group = ServiceGroup(
                services: [store],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            let running = Task { try await group.run() }
            try await store.untilOpened()
            try await store.write(Session(id: "a:1"))
            await group.triggerGracefulShutdown()
            try await running.value
            await #expect(throws: SessionStoreError.self) { try await store.read("a:1") }

            // What was not synced yet is, and the next opening has nothing to recover.
            store = FileSessionStore(options, on: disk.afterPowerCut(.nothing, seed: 1))
            #expect(try await store.read("a:1") != nil)
            #expect(store.recovery?.wasClosed == true)
            try await store.close()
        }

        @Test func `a store that can't be opened ends the group`() async throws {
            let disk = SimulatedDisk(seed: 26)
            let holder = FileSessionStore(FileSessionOptions(dirname: "/store"), on: disk)
            try await holder.open()
            let store = FileSessionStore(FileSessionOptions(dirname: "/store"), on: disk)
            let group = ServiceGroup(
                services: [store],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            await #expect {
                try await group.run()
            } throws: { error in
                guard case SessionStoreError.locked = error else { return false }
                return true
            }
            try await holder.close()
        }
    }
#endif
