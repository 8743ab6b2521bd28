#if Tools
    import Foundation
    import SessionCore

    /// A file with a session a line, or standard input.
    struct LineSource: CopySource {
        /// The file; nil is standard input.
        let path: String?

        /// A pipe with a name can be read once, as standard input can.
        var isRepeatable: Bool {
            guard let path else { return false }
            let file = URL(filePath: path).resolvingSymlinksInPath().path
            // What can't be looked at can't be read either, which is told when it is.
            let found = try? FileManager.default.attributesOfItem(atPath: file)
            return found?[.type] as? FileAttributeType == .typeRegular
        }

        func pass() throws -> any CopyPass {
            guard let path else { return Pass(LineReader(.standardInput, Place.lines(nil)), 0) }
            let place = Place.lines(path)
            do {
                let file = try FileHandle(forReadingFrom: URL(filePath: path))
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                let byteCount = (attributes[.size] as? NSNumber)?.intValue ?? 0
                return Pass(LineReader(file, place), byteCount)
            } catch {
                throw Failure("\(place): can't be read: \(error.localizedDescription)")
            }
        }

        private struct Pass: CopyPass {
            private var reader: LineReader
            private let byteCount: Int

            init(_ reader: LineReader, _ byteCount: Int) {
                self.reader = reader
                self.byteCount = byteCount
            }

            var progress: (done: Int, all: Int, unit: String)? {
                let unit = 1_024 * 1_024
                guard byteCount > unit else { return nil }
                return (reader.byteCount / unit, byteCount / unit, "MiB")
            }

            mutating func next() async throws -> CopyItem? {
                while let line = try reader.next() {
                    switch line {
                    case .tooLong(let byteCount):
                        let cause = "\(byteCount) bytes are more than a session may have"
                        return unreadable(cause)
                    case .bytes(let bytes):
                        if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
                        do throws(SessionDecodingError) {
                            return .session(try Session(decoding: bytes), byteCount: bytes.count)
                        } catch {
                            return unreadable("\(error)")
                        }
                    }
                }
                return nil
            }

            private func unreadable(_ cause: String) -> CopyItem {
                .unreadable("\(reader.place): line \(reader.lineNumber): \(cause)")
            }
        }
    }

    /// Takes a file apart into lines, and keeps no more of it than one of them.
    struct LineReader {
        /// A longer line is no session; a little more than one may have, for spaces around it.
        static let lineByteCountMax = Session.byteCountMax + 1_024

        private static let stepByteCount = 256 * 1_024

        enum Line: Equatable {
            case bytes([UInt8])
            case tooLong(byteCount: Int)
        }

        let place: Place

        /// The number of the last line, from 1.
        private(set) var lineNumber = 0

        /// How many bytes were read.
        private(set) var byteCount = 0

        private let file: FileHandle
        private var pending: ArraySlice<UInt8> = []
        private var hasEnded = false

        init(_ file: FileHandle, _ place: Place) {
            self.file = file
            self.place = place
        }

        /// Returns the next line without what ends it, or nil after the last.
        mutating func next() throws -> Line? {
            var line: [UInt8] = []
            var length = 0
            var isEnded = false
            while !isEnded {
                if pending.isEmpty, try !fill() {
                    guard length > 0 else { return nil }
                    break
                }
                let end = pending.firstIndex(of: UInt8(ascii: "\n"))
                let part = pending[..<(end ?? pending.endIndex)]
                length += part.count
                if length <= Self.lineByteCountMax { line += part } else { line = [] }
                pending = pending[(end.map { $0 + 1 } ?? pending.endIndex)...]
                isEnded = end != nil
            }
            lineNumber += 1
            guard length <= Self.lineByteCountMax else { return .tooLong(byteCount: length) }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            // Some systems put a mark in front of what is UTF-8.
            if lineNumber == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
            return .bytes(line)
        }

        /// Reads some more; false at the end.
        private mutating func fill() throws -> Bool {
            guard !hasEnded else { return false }
            do {
                let data = try file.read(upToCount: Self.stepByteCount) ?? Data()
                hasEnded = data.isEmpty
                byteCount += data.count
                pending = [UInt8](data)[...]
            } catch {
                throw Failure("\(place): can't be read: \(error.localizedDescription)")
            }
            return !hasEnded
        }
    }
#endif
