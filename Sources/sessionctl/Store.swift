#if Tools
    import FileSessions
    import LogEngine
    import SessionCore

    /// The store in `directory`, opened for one command and closed after it.
    enum Store {
        /// How long to wait before looking again, when a running bot may have been seen in
        /// mid-write.
        private static let pause = Duration.milliseconds(50)

        /// Opens for reading, whatever else goes on in the directory.
        static func read<Result>(
            _ directory: String,
            expiresIn minutes: Double = 0,
            _ body: (FileSessionStore) async throws -> Result
        ) async throws -> Result {
            let options = FileSessionOptions(
                dirname: directory,
                expiry: try expiry(minutes),
                access: .readOnly
            )
            return try await translating(directory) {
                try await lookingAgain(\.recovery?.tornTail) {
                    let store = FileSessionStore(options)
                    try await store.open()
                    return store
                }
            } use: { store in
                try await body(store)
            }
        }

        /// Opens for writing a store that is there already, or makes one when `isCreating`.
        ///
        /// Whatever the durability, all of it survives a power cut once this returns.
        static func write<Result>(
            _ directory: String,
            creating isCreating: Bool = false,
            expiresIn minutes: Double = 0,
            durability: Durability = .durable,
            _ body: (FileSessionStore) async throws -> Result
        ) async throws -> Result {
            if !isCreating { try await read(directory) { _ in } }
            let options = FileSessionOptions(
                dirname: directory,
                expiry: try expiry(minutes),
                durability: durability
            )
            return try await translating(directory) {
                let store = FileSessionStore(options)
                try await store.open()
                return store
            } use: { store in
                let result = try await body(store)
                try await store.close()
                return result
            }
        }

        /// Calls `look` until what it sees is settled: an end that is torn twice at the same place
        /// is torn, and any other was a write of a running process.
        static func lookingAgain<Result>(
            _ tornTail: KeyPath<Result, RecoveryReport.TornTail?>,
            _ look: () async throws -> Result
        ) async throws -> Result {
            var result = try await look()
            for _ in 0..<20 {
                guard let tail = result[keyPath: tornTail] else { return result }
                try await Task.sleep(for: pause)
                result = try await look()
                if result[keyPath: tornTail] == tail { return result }
            }
            return result
        }

        /// The options of the log for a lifetime in minutes.
        static func logOptions(expiresIn minutes: Double) throws -> LogOptions {
            var options = LogOptions()
            options.lifetimeMilliseconds = try expiry(minutes).lifetime.map { UInt64($0) }
            return options
        }

        /// What opening found, told to people, and as how the command ends.
        static func outcome(of store: FileSessionStore) -> Outcome {
            guard let report = store.recovery else { return .sound }
            if let tail = report.tornTail {
                let verb = store.options.access == .readOnly ? "will be cut" : "was cut"
                let place = "\(tail.byteCount) bytes of \(tail.file) at byte \(tail.byteOffset)"
                Output.warn("torn tail: an unfinished end of \(place) \(verb)")
            }
            for damage in report.damages { Output.warn("damaged: \(escaped("\(damage)"))") }
            return Outcome(tornTail: report.tornTail, damages: report.damages)
        }

        static func id(_ text: String) throws -> SessionID {
            do {
                return try SessionID(text)
            } catch {
                throw Failure(
                    "\(error). Give it as PLATFORM:KEY, at most \(SessionID.byteCountMax) bytes.")
            }
        }

        static func expiry(_ minutes: Double) throws -> Expiry {
            do {
                return try Expiry(minutes: minutes)
            } catch {
                throw Failure("--expires-in: \(error.fault.cause).")
            }
        }

        private static func translating<Result>(
            _ directory: String,
            open: () async throws -> FileSessionStore,
            use body: (FileSessionStore) async throws -> Result
        ) async throws -> Result {
            do {
                return try await body(try await open())
            } catch let error as SessionStoreError {
                throw Failure(error, in: directory)
            }
        }
    }
#endif
