#if Tools
    import Foundation

    // The file of the bot that calls the system: a read into an array.

    /// Takes standard input apart into lines, and holds each to being a message.
    struct StandardInput {
        /// A longer line is no message, and is skipped without being kept.
        static let lineByteCountMax = 64 * 1_024

        private var pending: ArraySlice<UInt8> = []
        private var lineNumber = 0
        private var hasEnded = false

        /// Waits for the next line; nil at the end.
        mutating func next() -> Console.Input? {
            var line: [UInt8] = []
            var byteCount = 0
            var isEnded = false
            while !isEnded {
                if pending.isEmpty, !fill() {
                    guard byteCount > 0 else { return nil }
                    break
                }
                let end = pending.firstIndex(of: UInt8(ascii: "\n"))
                let part = pending[..<(end ?? pending.endIndex)]
                byteCount += part.count
                if byteCount <= Self.lineByteCountMax { line += part }
                pending = pending[(end.map { $0 + 1 } ?? pending.endIndex)...]
                isEnded = end != nil
            }
            lineNumber += 1
            return input(line, byteCount)
        }

        private func input(_ line: [UInt8], _ byteCount: Int) -> Console.Input {
            guard byteCount <= Self.lineByteCountMax else {
                let reason = "\(byteCount) bytes are more than \(Self.lineByteCountMax)"
                return .unusable(line: lineNumber, reason: reason)
            }
            guard let text = String(validating: line, as: UTF8.self) else {
                return .unusable(line: lineNumber, reason: "it is not UTF-8")
            }
            return .line(text.trimmingCharacters(in: .whitespaces))
        }

        /// Reads what there is; false at the end.
        private mutating func fill() -> Bool {
            guard !hasEnded else { return false }
            var buffer = [UInt8](repeating: 0, count: 16 * 1_024)
            var count = unsafe read(STDIN_FILENO, &buffer, buffer.count)
            while count < 0, errno == EINTR {
                count = unsafe read(STDIN_FILENO, &buffer, buffer.count)
            }
            hasEnded = count <= 0
            pending = buffer[..<max(0, count)]
            return count > 0
        }
    }
#endif
