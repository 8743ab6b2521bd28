#if Mongo
    import SessionCore

    /// Waits a little longer each time that somebody else was faster.
    ///
    /// Each of these times somebody got through, so to try again is progress; to wait keeps many
    /// from making each other's reads useless.
    struct Contention {
        /// So often the next try is made at once.
        static let hastyTries = 2

        /// The longest wait, in microseconds.
        static let longestWait: Int64 = 64_000

        private let call: Call
        private(set) var tries = 0

        init(_ call: Call) {
            self.call = call
        }

        /// Waits before the next try.
        ///
        /// - Throws: `cancelled` when the task is; nothing has changed then.
        mutating func wait() async throws(SessionStoreError) {
            tries += 1
            if !Task.isCancelled, tries > Self.hastyTries {
                // Not in step with the others.
                let longest = min(1_000 << Int64(min(tries, 16)), Self.longestWait)
                try? await Task.sleep(for: .microseconds(Int64.random(in: 0...longest)))
            }
            guard Task.isCancelled else { return }
            let cause = "the task was cancelled while others were faster"
            throw .cancelled(call.fault(at: nil, cause))
        }
    }
#endif
