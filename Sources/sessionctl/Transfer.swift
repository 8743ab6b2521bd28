#if Tools
    import FileSessions
    import SessionCore

    /// A copy from one place to another.
    struct Transfer {
        /// How many sessions are in work at once: enough that they share their syncs or round
        /// trips, few enough that any driver has connections for them.
        static let inFlightMax = 64

        /// How many bytes of them are in memory at once, unless one session alone is longer.
        static let inFlightByteCountMax = 32 * 1_024 * 1_024

        let source: Place
        let target: Place
        let options: CopyOptions
        let expiry: Expiry

        init(from source: Place, to target: Place, _ options: CopyOptions) throws {
            try Place.checkApart(source, target)
            self.source = source
            self.target = target
            self.options = options
            expiry = try Store.expiry(options.life.expiresIn)
        }

        /// Copies, compares and reports; ends by throwing an ``Outcome`` unless all is well.
        func run() async throws {
            let report = try await withSource { source in try await copy(source) }
            let isAside = target == .lines(nil)
            let text = options.json ? report.json.description : report.text
            Output.report(text, aside: isAside)
            try report.outcome.conclude()
        }

        // MARK: The source

        private func withSource(
            _ body: (any CopySource) async throws -> CopyReport
        ) async throws -> CopyReport {
            let minutes = options.life.expiresIn
            func readStore(_ store: any SessionStore) async throws -> CopyReport {
                try await body(StoreSource(store: store, place: source))
            }
            switch source {
            case .directory(let path):
                return try await Store.read(path, expiresIn: minutes) { store in
                    let outcome = Store.outcome(of: store)
                    var report = try await readStore(store)
                    // A torn tail has no acknowledged session in it, and is no loss.
                    if outcome == .damaged { report.placesAreSound = false }
                    return report
                }
            // A server's store removes what has expired. A source must not: what is expired here is
            // judged by whoever takes the sessions.
            case .redis(let url):
                return try await Place.withRedisStore(
                    url, expiresIn: 0, isSource: true, readStore)
            case .mongo(let url):
                return try await Place.withMongoStore(
                    url, expiresIn: 0, isSource: true, readStore)
            case .memory:
                return try await readStore(try MemorySessionStore(maxSize: 0, expiry: expiry))
            case .bottenderFiles(let path):
                return try await body(BottenderSource(directory: path))
            case .lines(let path): return try await body(LineSource(path: path))
            }
        }

        // MARK: The target

        private func copy(_ source: any CopySource) async throws -> CopyReport {
            let minutes = options.life.expiresIn
            let writeStore = { (store: any SessionStore) in
                try await self.copy(source, to: store)
            }
            switch target {
            case .directory(let path):
                // Every session is synced before the command ends, and not each by itself.
                return try await Store.write(
                    path,
                    creating: true,
                    expiresIn: minutes,
                    durability: .interval(.seconds(1))
                ) { store in
                    let outcome = Store.outcome(of: store)
                    var report = try await writeStore(store)
                    if outcome == .damaged { report.placesAreSound = false }
                    return report
                }
            case .redis(let url):
                return try await Place.withRedisStore(url, expiresIn: minutes, writeStore)
            case .mongo(let url):
                return try await Place.withMongoStore(url, expiresIn: minutes, writeStore)
            case .memory:
                return try await writeStore(try MemorySessionStore(maxSize: 0, expiry: expiry))
            case .bottenderFiles:
                throw Failure("\(target): is only read. Copy to file: instead.")
            case .lines(let path): return try await copy(source, toFile: path)
            }
        }

        private func copy(
            _ source: any CopySource,
            toFile path: String?
        ) async throws -> CopyReport {
            var report = CopyReport(from: self.source, to: target)
            var lines = try LineTarget(path: path)
            var pass = try await source.pass()
            while let item = try await next(of: &pass, &report) {
                guard case .session(let session, _) = item else { continue }
                let isExpired = session.isExpired(at: SessionClock.system.now(), in: expiry)
                if !isExpired { try lines.write(session) }
                report.add(isExpired ? .expired : .written, of: session.id, isVerbose: false)
            }
            Output.hideProgress()
            try lines.finish()
            report.ignoredCount = pass.ignoredCount
            if options.compare, let differences = try lines.differences() {
                report.add(different: differences)
            }
            return report
        }

        private func copy(
            _ source: any CopySource,
            to store: any SessionStore
        ) async throws -> CopyReport {
            let copier = Copier(
                store: store,
                place: target,
                expiry: expiry,
                overwrites: options.overwrite
            )
            var report = CopyReport(from: self.source, to: target)
            // What can't be read twice is compared at once.
            let comparesAtOnce = options.compare && !source.isRepeatable
            var pass = try await source.pass()
            try await forEach(of: &pass, &report) {
                session -> (Copier.Outcome, Copier.Comparison?) in
                let outcome = try await copier.copy(session)
                guard comparesAtOnce else { return (outcome, nil) }
                return (outcome, try await copier.compare(session))
            } then: { id, done, report in
                report.add(done.0, of: id, isVerbose: options.verbose)
                if let comparison = done.1 { report.add(comparison, of: id) }
            }
            report.ignoredCount = pass.ignoredCount
            if options.compare, source.isRepeatable {
                report.compared = CopyReport.Comparison()
                // Its own counts are of no interest: they are those of the first pass.
                var counts = CopyReport(from: self.source, to: target)
                var comparing = try await source.pass()
                try await forEach(of: &comparing, &counts, isFirst: false) { session in
                    try await copier.compare(session)
                } then: { id, comparison, _ in
                    report.add(comparison, of: id)
                }
                // What could be read once, and not again, was not compared.
                report.addGone(report.readCount - counts.readCount)
                if counts.unreadableCount > report.unreadableCount { report.placesAreSound = false }
            }
            return report
        }

        // MARK: One pass

        /// Does `work` with every session of a pass, several at once, and `then` one after the
        /// other.
        private func forEach<Done: Sendable>(
            of pass: inout any CopyPass,
            _ report: inout CopyReport,
            isFirst: Bool = true,
            _ work: @escaping @Sendable (Session) async throws -> Done,
            then: (SessionID, Done, inout CopyReport) -> Void
        ) async throws {
            try await withThrowingTaskGroup(of: Finished<Done>.self) { group in
                var count = 0
                var byteCount = 0
                // A source may have a session twice; then the later one is copied after the other.
                var inFlight: Set<SessionID> = []
                while let item = try await next(of: &pass, &report, isFirst: isFirst) {
                    guard case .session(let session, let size) = item else { continue }
                    while count == Self.inFlightMax
                        || count > 0 && byteCount + size > Self.inFlightByteCountMax
                        || inFlight.contains(session.id),
                        let finished = try await group.next()
                    {
                        count -= 1
                        byteCount -= finished.byteCount
                        inFlight.remove(finished.id)
                        then(finished.id, finished.done, &report)
                    }
                    count += 1
                    byteCount += size
                    inFlight.insert(session.id)
                    group.addTask {
                        let done = try await work(session)
                        return Finished(id: session.id, byteCount: size, done: done)
                    }
                }
                for try await finished in group { then(finished.id, finished.done, &report) }
            }
            Output.hideProgress()
        }

        private struct Finished<Done: Sendable>: Sendable {
            let id: SessionID
            let byteCount: Int
            let done: Done
        }

        /// Gets the next item, counts it when `isFirst`, and moves the bar.
        private func next(
            of pass: inout any CopyPass,
            _ report: inout CopyReport,
            isFirst: Bool = true
        ) async throws -> CopyItem? {
            let item = try await pass.next()
            if let progress = pass.progress, report.readCount.isMultiple(of: 64) {
                let unit = isFirst ? progress.unit : "\(progress.unit) compared"
                Output.showProgress(progress.done, progress.all, of: unit)
            }
            switch item {
            case .session: report.readCount += 1
            case .unreadable(let text):
                // In the second pass it was told of already, and only counts.
                if isFirst { report.addUnreadable(text) } else { report.unreadableCount += 1 }
            case nil: break
            }
            return item
        }
    }
#endif
