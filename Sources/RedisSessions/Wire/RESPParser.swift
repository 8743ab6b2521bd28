#if Redis
    import NIOCore

    /// Reads replies from bytes as they come, in pieces of any size.
    ///
    /// What is read of a list stays on a stack until the rest is here, so a server that sends one
    /// byte at a time costs no more than one that sends all at once. Nothing is allocated for what
    /// a length promises, only for what has come.
    struct RESPParser: Sendable {
        /// How much a reply may be.
        struct Limits: Sendable {
            /// The bytes of one value.
            var valueByteCountMax = 32 * 1_024 * 1_024

            /// The bytes of all values of a reply.
            var replyByteCountMax = 256 * 1_024 * 1_024

            /// The elements of all lists of a reply.
            var elementCountMax = 1_048_576

            /// How deep lists may nest.
            var depthMax = 16

            /// The bytes of a line: a length, a number or a short text.
            var lineByteCountMax = 65_536
        }

        /// What makes bytes no reply, or one that is too large.
        enum Problem: String, Error, Sendable {
            case unknownType = "a reply of an unknown type"
            case malformedLine = "a reply with a malformed line"
            case lineTooLong = "a reply with an endless line"
            case tooLarge = "a reply that is too large"
            case tooManyElements = "a reply of too many elements"
            case tooDeep = "a reply that nests too deeply"
        }

        /// A list of which some elements are here.
        private struct Frame {
            enum Kind {
                case list
                case push

                /// Something about the reply that follows; nothing that we asked for has any.
                case attribute
            }

            let kind: Kind
            var missing: Int
            var elements: [RESPValue] = []
        }

        /// What one step has read.
        private enum Step {
            case value(RESPValue)
            case nothing
        }

        private let limits: Limits
        private var frames: [Frame] = []
        private var elementCount = 0
        private var byteCount = 0

        /// How many bytes of an unfinished line are known to have no end in them.
        private var searched = 0

        init(_ limits: Limits = Limits()) {
            self.limits = limits
        }

        /// Takes the next reply out of `buffer`, or returns nil when more bytes are needed.
        mutating func next(_ buffer: inout ByteBuffer) throws(Problem) -> RESPValue? {
            while let step = try step(&buffer) {
                guard case .value(let value) = step, let reply = place(value) else { continue }
                elementCount = 0
                byteCount = 0
                return reply
            }
            return nil
        }

        /// Puts a value where it belongs, and returns the reply when it was the last of it.
        private mutating func place(_ value: RESPValue) -> RESPValue? {
            var value = value
            while let top = frames.indices.last {
                frames[top].elements.append(value)
                frames[top].missing -= 1
                guard frames[top].missing == 0 else { return nil }
                let finished = frames.removeLast()
                switch finished.kind {
                case .list: value = .list(finished.elements)
                case .push: value = .push(finished.elements)
                case .attribute: return nil
                }
            }
            return value
        }

        // MARK: One step

        private mutating func step(_ buffer: inout ByteBuffer) throws(Problem) -> Step? {
            // Nothing is taken out of the buffer before all of a value is there.
            let start = buffer.readerIndex
            guard let line = try line(in: &buffer) else { return nil }
            guard let type = line.utf8.first else { throw .malformedLine }
            let rest = String(line.dropFirst())
            switch type {
            case UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: "("):
                try count(rest)
                return .value(.text(rest))
            case UInt8(ascii: "-"):
                try count(rest)
                return .value(.failure(RedisFailure(rest)))
            case UInt8(ascii: ":"): return .value(.integer(try number(rest)))
            case UInt8(ascii: "#"):
                guard rest == "t" || rest == "f" else { throw .malformedLine }
                return .value(.integer(rest == "t" ? 1 : 0))
            case UInt8(ascii: "_"): return .value(.null)
            case UInt8(ascii: "$"), UInt8(ascii: "="), UInt8(ascii: "!"):
                guard let value = try value(type, try number(rest), in: &buffer) else {
                    buffer.moveReaderIndex(to: start)
                    return nil
                }
                return .value(value)
            case UInt8(ascii: "*"), UInt8(ascii: "~"): return try open(.list, try number(rest))
            case UInt8(ascii: ">"): return try open(.push, try number(rest))
            case UInt8(ascii: "%"): return try open(.list, pairs(try number(rest)))
            case UInt8(ascii: "|"): return try open(.attribute, pairs(try number(rest)))
            default: throw .unknownType
            }
        }

        private mutating func count(_ text: String) throws(Problem) {
            guard byteCount + text.utf8.count <= limits.replyByteCountMax else { throw .tooLarge }
            byteCount += text.utf8.count
        }

        /// Takes a line out of `buffer`, without its end.
        private mutating func line(in buffer: inout ByteBuffer) throws(Problem) -> String? {
            let view = buffer.readableBytesView
            let from = view.startIndex + searched
            guard let end = view[from...].firstIndex(of: UInt8(ascii: "\n")) else {
                searched = view.count
                guard searched <= limits.lineByteCountMax else { throw .lineTooLong }
                return nil
            }
            searched = 0
            let count = end - view.startIndex
            guard count <= limits.lineByteCountMax else { throw .lineTooLong }
            guard count > 0, view[end - 1] == UInt8(ascii: "\r") else { throw .malformedLine }
            let line = String(decoding: view[view.startIndex..<end - 1], as: UTF8.self)
            buffer.moveReaderIndex(forwardBy: count + 1)
            return line
        }

        /// Takes `count` bytes and the line end after them out of `buffer`.
        private mutating func value(
            _ type: UInt8,
            _ count: Int64,
            in buffer: inout ByteBuffer
        ) throws(Problem) -> RESPValue? {
            guard count >= 0 else {
                guard count == -1, type == UInt8(ascii: "$") else { throw .malformedLine }
                return .null
            }
            guard count <= Int64(limits.valueByteCountMax) else { throw .tooLarge }
            guard byteCount + Int(count) <= limits.replyByteCountMax else { throw .tooLarge }
            guard buffer.readableBytes >= Int(count) + 2,
                var bytes = buffer.readBytes(length: Int(count)),
                let end = buffer.readBytes(length: 2)
            else { return nil }
            guard end == Array("\r\n".utf8) else { throw .malformedLine }
            byteCount += bytes.count
            switch type {
            case UInt8(ascii: "!"):
                return .failure(RedisFailure(String(decoding: bytes, as: UTF8.self)))
            case UInt8(ascii: "="):
                // Three letters and a colon say what sort of text it is.
                guard bytes.count >= 4 else { throw .malformedLine }
                bytes.removeFirst(4)
                return .bytes(bytes)
            default: return .bytes(bytes)
            }
        }

        private mutating func open(_ kind: Frame.Kind, _ count: Int64) throws(Problem) -> Step {
            guard count >= 0 else {
                guard count == -1, kind == .list else { throw .malformedLine }
                return .value(.null)
            }
            guard count <= Int64(limits.elementCountMax - elementCount) else {
                throw .tooManyElements
            }
            elementCount += Int(count)
            guard count > 0 else {
                switch kind {
                case .list: return .value(.list([]))
                case .push: return .value(.push([]))
                case .attribute: return .nothing
                }
            }
            guard frames.count < limits.depthMax else { throw .tooDeep }
            frames.append(Frame(kind: kind, missing: Int(count)))
            return .nothing
        }

        private func pairs(_ count: Int64) throws(Problem) -> Int64 {
            guard count >= 0, count <= Int64(limits.elementCountMax) else { throw .tooManyElements }
            return 2 * count
        }

        private func number(_ text: String) throws(Problem) -> Int64 {
            guard let number = Int64(text) else { throw .malformedLine }
            return number
        }
    }
#endif
