#if ServiceLifecycle
    public import ServiceLifecycle

    extension FileSessionStore: Service {
        /// Waits until the task is cancelled, or the group of services wants to stop.
        static func untilStopped() async {
            await cancelWhenGracefulShutdown { await untilCancelled() }
        }
    }
#else
    extension FileSessionStore {
        /// Waits until the task is cancelled.
        static func untilStopped() async { await untilCancelled() }
    }
#endif
