#if Tools
    import DiskIO
    import Foundation
    import SessionCore

    /// Writes a session a line, into a file or to standard output.
    ///
    /// A file is written beside its name and has the name only once it is whole, so that one which
    /// a kill cut in two is not taken for all there was.
    struct LineTarget: ~Copyable {
        /// How many lines are compared as one: the difference is named by its block.
        static let blockLineCount = 1_000

        private static let stepByteCount = 256 * 1_024

        let place: Place

        private let path: String?
        private let file: FileHandle
        private var buffer: [UInt8] = []
        private var sums = LineSums()

        private var partialPath: String? { path.map { $0 + ".partial" } }

        init(path: String?) throws {
            self.path = path
            place = .lines(path)
            guard let path else {
                file = .standardOutput
                return
            }
            let manager = FileManager.default
            guard !manager.fileExists(atPath: path) else {
                throw Failure("\(place): is there already. Remove it, or choose another name.")
            }
            let partial = path + ".partial"
            // For its owner only, before anything is in it; left from a copy that was killed.
            // Only a file: a directory of this name is somebody's.
            let found = try? manager.attributesOfItem(atPath: partial)
            if found?[.type] as? FileAttributeType == .typeRegular {
                try? manager.removeItem(atPath: partial)
            }
            guard (try? manager.attributesOfItem(atPath: partial)) == nil else {
                throw Failure("\(place): \(escaped(partial)) is in the way. Remove it.")
            }
            let isMade = manager.createFile(
                atPath: partial,
                contents: nil,
                attributes: [.posixPermissions: 0o600]
            )
            guard isMade, let file = FileHandle(forWritingAtPath: partial) else {
                throw Failure("\(place): can't be made. Check the directory.")
            }
            self.file = file
        }

        mutating func write(_ session: Session) throws {
            let line: [UInt8]
            do throws(SessionStoreError) {
                line = try session.encoded()
            } catch {
                throw Failure(copying: error, at: place)
            }
            sums.add(line)
            buffer += line
            buffer.append(UInt8(ascii: "\n"))
            if buffer.count >= Self.stepByteCount { try flush() }
        }

        /// Makes what was written last, under its name.
        mutating func finish() throws {
            try flush()
            guard let path, let partialPath else { return }
            do {
                try file.synchronize()
                try FileManager.default.moveItem(atPath: partialPath, toPath: path)
                // The name has to survive a power cut as well as what it stands for.
                let parent = URL(filePath: path).deletingLastPathComponent().path
                try PosixDisk().openDirectory(parent, creating: false).sync()
            } catch {
                throw Failure("\(place): can't be finished: \(error.localizedDescription)")
            }
        }

        /// Reads the file once more, and returns the first and last lines of each block that is not
        /// as it was written; nil when it can't be read again.
        func differences() throws -> [ClosedRange<Int>]? {
            guard let path else { return nil }
            let file: FileHandle
            do {
                file = try FileHandle(forReadingFrom: URL(filePath: path))
            } catch {
                throw Failure("\(place): can't be read: \(error.localizedDescription)")
            }
            var reader = LineReader(file, place)
            var found = LineSums()
            while let line = try reader.next() {
                if case .bytes(let bytes) = line { found.add(bytes) } else { found.add([]) }
            }
            return sums.differences(from: found)
        }

        private mutating func flush() throws {
            guard !buffer.isEmpty else { return }
            do {
                try file.write(contentsOf: Data(buffer))
            } catch {
                throw Failure("\(place): can't be written: \(error.localizedDescription)")
            }
            buffer.removeAll(keepingCapacity: true)
        }
    }

    /// What tells lines from others, in a few bytes for a thousand of them.
    struct LineSums {
        private(set) var count = 0
        private var blocks: [UInt64] = []

        mutating func add(_ line: [UInt8]) {
            if count.isMultiple(of: LineTarget.blockLineCount) { blocks.append(0) }
            count += 1
            let digest = SessionRevision(digesting: line)
            let last = blocks[blocks.count - 1]
            blocks[blocks.count - 1] = (last &* 31) &+ (digest.low ^ digest.high)
        }

        /// The lines, from 1, of each block that is not the same in both.
        func differences(from other: LineSums) -> [ClosedRange<Int>] {
            let size = LineTarget.blockLineCount
            return (0..<max(blocks.count, other.blocks.count)).compactMap { block in
                let isSame =
                    block < blocks.count && block < other.blocks.count
                    && blocks[block] == other.blocks[block]
                    && min(count, (block + 1) * size) == min(other.count, (block + 1) * size)
                guard !isSame else { return nil }
                return block * size + 1...min(max(count, other.count), (block + 1) * size)
            }
        }
    }
#endif
