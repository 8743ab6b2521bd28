#if THREAD_SANITIZER
    import Glibc
#else
    package import Synchronization
#endif

/// A value that is reached only while its lock is held.
///
/// The standard library's mutex under a roof of our own, for one reason: when it is contended, its
/// slow path runs in code that the thread sanitizer has not seen compiled, and every access that it
/// guards is reported as a race. Built with `THREAD_SANITIZER` defined, the lock is the system's,
/// which the sanitizer knows.
@safe package struct Mutex<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
    #if THREAD_SANITIZER
        private let lock: UnsafeMutablePointer<pthread_mutex_t>
        private let value: UnsafeMutablePointer<Value>

        package init(_ value: consuming sending Value) {
            unsafe lock = .allocate(capacity: 1)
            unsafe lock.initialize(to: pthread_mutex_t())
            let status = unsafe pthread_mutex_init(lock, nil)
            precondition(status == 0, "no lock can be made")
            unsafe self.value = .allocate(capacity: 1)
            unsafe self.value.initialize(to: value)
        }

        deinit {
            unsafe value.deinitialize(count: 1)
            unsafe value.deallocate()
            unsafe pthread_mutex_destroy(lock)
            unsafe lock.deallocate()
        }

        /// Runs `body` with the lock held, on the calling thread, which waits for it as long as it
        /// takes; not to be called from within `body`.
        package borrowing func withLock<Result: ~Copyable, Failure: Error>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result {
            unsafe pthread_mutex_lock(lock)
            defer { unsafe pthread_mutex_unlock(lock) }
            return try unsafe body(&value.pointee)
        }
    #else
        @usableFromInline let mutex: Synchronization.Mutex<Value>

        @inlinable
        package init(_ value: consuming sending Value) {
            mutex = Synchronization.Mutex(value)
        }

        /// Runs `body` with the lock held, on the calling thread, which waits for it as long as it
        /// takes; not to be called from within `body`.
        @inlinable
        package borrowing func withLock<Result: ~Copyable, Failure: Error>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result {
            try mutex.withLock(body)
        }
    #endif
}
