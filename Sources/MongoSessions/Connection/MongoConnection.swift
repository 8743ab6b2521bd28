#if Mongo
    import Dispatch
    import Locks
    import SessionCore

    /// The servers of one store, open: commands in, answers out, on threads of their own.
    final class MongoConnection: Sendable {
        let database: String
        let collectionName: String

        /// Where the sessions are, for faults; without credentials.
        let place: String

        private let clients: MongoClients
        private let line: WorkerLine
        private let sweeper = Mutex<Task<Void, Never>?>(nil)

        private init(_ clients: MongoClients, _ line: WorkerLine, _ options: MongoSessionOptions) {
            database = options.database ?? clients.database ?? "test"
            collectionName = options.collectionName
            place = "mongodb \(clients.hosts)/\(database).\(collectionName)"
            self.clients = clients
            self.line = line
        }

        deinit {
            sweeper.withLock { $0?.cancel() }
        }

        /// Makes a pool, which connects with the first command.
        static func open(
            _ options: MongoSessionOptions,
            _ call: Call
        ) async throws(SessionStoreError) -> MongoConnection {
            try options.validate()
            let line = WorkerLine(count: options.poolSize, patience: options.timeout)
            let (url, count) = (options.url, options.poolSize)
            let timeout = Int32(clamping: options.timeoutMilliseconds)
            let result: Result<MongoClients, MongoFailure>
            do throws(WorkerLine.Refusal) {
                // It may ask the name servers, which takes time.
                result = try await line.run(since: call.start) {
                    let clients = Result { () throws(MongoFailure) in
                        try MongoClients(url: url, timeoutMilliseconds: timeout, count: count)
                    }
                    return (clients, true)
                }
            } catch {
                throw SessionStoreError(error, call, at: nil)
            }
            switch result {
            case .success(let clients): return MongoConnection(clients, line, options)
            case .failure(let failure): throw SessionStoreError(failure, call, at: nil)
            }
        }

        /// Waits for the calls that are made, refuses those that wait, and ends all connections.
        func close() async {
            sweeper.withLock { $0?.cancel() }
            await line.close()
            let clients = clients
            await withCheckedContinuation { continuation in
                // It waits for libmongoc's threads.
                DispatchQueue(label: "swift-session-store.mongo.close").async {
                    clients.close()
                    continuation.resume()
                }
            }
        }

        /// Does `sweep` every `interval`, as long as the connection is there.
        func keepSweeping(
            every interval: Duration,
            _ sweep: @escaping @Sendable (MongoConnection) async -> Void
        ) {
            let task = Task { [weak self] in
                while !Task.isCancelled {
                    try? await Task.sleep(for: interval)
                    guard !Task.isCancelled, let self else { return }
                    await sweep(self)
                }
            }
            sweeper.withLock { $0 = task }
        }

        // MARK: Commands

        /// Sends a command, and returns the answer or why there is none.
        func run(
            _ command: [UInt8],
            writes: Bool,
            _ call: Call
        ) async throws(SessionStoreError) -> Result<[UInt8], MongoFailure> {
            let database = database
            return try await block(call) { $0.run(command, writes: writes, in: database) }
        }

        /// Does `body` on a thread for blocking calls.
        private func block(
            _ call: Call,
            _ body: @escaping @Sendable (MongoClients) -> Result<[UInt8], MongoFailure>
        ) async throws(SessionStoreError) -> Result<[UInt8], MongoFailure> {
            let clients = clients
            do throws(WorkerLine.Refusal) {
                return try await line.run(since: call.start) {
                    let result = body(clients)
                    return (result, Self.isAnswer(result))
                }
            } catch {
                throw SessionStoreError(error, call, at: place)
            }
        }

        private static func isAnswer(_ result: Result<[UInt8], MongoFailure>) -> Bool {
            guard case .failure(let failure) = result else { return true }
            return failure.source != .selection && failure.source != .stream
        }

        /// Changes one document, and returns whether there was one, or in the case of an insertion,
        /// whether there was none.
        func write(_ change: DocumentChange, _ call: Call) async throws(SessionStoreError) -> Bool {
            let (database, collection) = (database, collectionName)
            let result = try await block(call) { $0.write(change, in: database, collection) }
            if case .failure(let failure) = result, failure.isDuplicate {
                guard change.mayBeOvertaken(by: failure.keyFields) else {
                    throw .rejected(call.fault(at: place, Self.otherIndex))
                }
                return false
            }
            return try count(result, call) > 0
        }

        /// What is said of a document that an index refuses which is not ours.
        static let otherIndex = "another unique index of the collection refuses it"

        /// Sends a command that writes, and returns how many documents it is about.
        func write(_ command: [UInt8], _ call: Call) async throws(SessionStoreError) -> Int64 {
            try count(try await run(command, writes: true, call), call)
        }

        private func count(
            _ result: Result<[UInt8], MongoFailure>,
            _ call: Call
        ) throws(SessionStoreError) -> Int64 {
            let reply = try understand(result, call) { (bytes) throws(BSONError) in
                try WriteReply(bytes)
            }
            if let failure = reply.failure { throw SessionStoreError(failure, call, at: place) }
            return reply.count
        }

        /// Sends a `find`, and returns the documents of the one batch that it asks for.
        func find(
            _ command: [UInt8],
            _ call: Call
        ) async throws(SessionStoreError) -> [BSONElement] {
            let result = try await run(command, writes: false, call)
            return try understand(result, call) { (bytes) throws(BSONError) in
                try FindReply(bytes).documents
            }
        }

        /// Reads an answer.
        func understand<Reply>(
            _ result: Result<[UInt8], MongoFailure>,
            _ call: Call,
            _ read: ([UInt8]) throws(BSONError) -> Reply
        ) throws(SessionStoreError) -> Reply {
            switch result {
            case .failure(let failure): throw SessionStoreError(failure, call, at: place)
            case .success(let bytes):
                do throws(BSONError) {
                    return try read(bytes)
                } catch {
                    let cause = "the server's answer is damaged: \(error.rawValue)"
                    throw .unavailable(call.fault(at: place, cause))
                }
            }
        }
    }
#endif
