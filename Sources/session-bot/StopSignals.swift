#if Tools
    import Dispatch
    import Foundation

    /// Watches for SIGINT and SIGTERM, which then don't end the process by themselves.
    struct StopSignals {
        private var sources: [any DispatchSourceSignal] = []

        /// Calls `stop` when somebody interrupts or terminates the process.
        init(stop: @escaping @Sendable () -> Void) {
            // A reader of the answers that has gone becomes an error of the next answer.
            signal(SIGPIPE, SIG_IGN)
            for number in [SIGINT, SIGTERM] {
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler(handler: DispatchWorkItem(block: stop))
                source.activate()
                sources.append(source)
            }
        }
    }
#endif
