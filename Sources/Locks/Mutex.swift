// What the library is built with is the standard library's mutex and nothing else. When that is
// contended, its slow path runs in code that was not compiled for the thread sanitizer, which then
// reports every access that it guards as a race. So for the sanitizer, with `THREAD_SANITIZER`
// defined, a lock of the system takes its place, which the sanitizer knows.

#if THREAD_SANITIZER
    import Glibc

    /// A value that is reached only while its lock is held; as in the module Synchronization.
    ///
    /// What makes it sendable is the lock: nothing else reaches the value.
    @safe public struct Mutex<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
        private let lock: UnsafeMutablePointer<pthread_mutex_t>
        private let value: UnsafeMutablePointer<Value>

        /// Guards `value` from now on.
        public init(_ value: consuming sending Value) {
            unsafe lock = .allocate(capacity: 1)
            unsafe lock.initialize(to: pthread_mutex_t())
            Self.require(unsafe pthread_mutex_init(lock, nil))
            unsafe self.value = .allocate(capacity: 1)
            unsafe self.value.initialize(to: value)
        }

        deinit {
            unsafe value.deinitialize(count: 1)
            unsafe value.deallocate()
            Self.require(unsafe pthread_mutex_destroy(lock))
            unsafe lock.deallocate()
        }

        /// Runs `body` with the lock held, and waits for it as long as it takes; not to be called
        /// from within `body`.
        public borrowing func withLock<Result: ~Copyable, Failure: Error>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result {
            Self.require(unsafe pthread_mutex_lock(lock))
            defer { Self.require(unsafe pthread_mutex_unlock(lock)) }
            return try unsafe body(&value.pointee)
        }

        /// Runs `body` with the lock held if nobody has it, and returns nil otherwise.
        public borrowing func withLockIfAvailable<Result: ~Copyable, Failure: Error>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result? {
            guard unsafe pthread_mutex_trylock(lock) == 0 else { return nil }
            defer { Self.require(unsafe pthread_mutex_unlock(lock)) }
            return try unsafe body(&value.pointee)
        }

        /// A lock that fails guards nothing.
        private static func require(_ status: Int32) {
            precondition(status == 0, "a lock has failed with \(status)")
        }
    }
#else
    @_exported public import Synchronization
#endif
