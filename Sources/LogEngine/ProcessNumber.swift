import Glibc

/// The number of this process, for messages.
enum ProcessNumber {
    static var current: Int32 { getpid() }
}
