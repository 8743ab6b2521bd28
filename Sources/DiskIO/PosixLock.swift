import Locks

/// A lock of flock(2): it excludes every other opening of the file, also within this process.
final class PosixLock: DiskLock {
    private let file: Mutex<Descriptor?>

    /// Takes over the file, which is locked, and writes the note into it.
    init(_ file: consuming Descriptor, note: [UInt8]) {
        Self.write(note, into: file)
        self.file = Mutex(consume file)
    }

    deinit {
        release()
    }

    func release() {
        file.withLock { file in
            // A child forked meanwhile has the descriptor too, so that closing ours is not enough.
            if let held = file.take() { held.unlock() }
        }
    }

    /// Returns what the holder wrote, as far as it can be read.
    static func note(in file: borrowing Descriptor) -> String {
        // The note is for messages only; the error it belongs to is thrown in any case.
        let bytes = (try? file.front(byteCountMax: 4_096)) ?? []
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func write(_ note: [UInt8], into file: borrowing Descriptor) {
        // On a full disk the lock is held without its note: it is for messages only, and the log
        // must be able to open there to make space.
        try? file.replaceContent(with: note)
    }
}
