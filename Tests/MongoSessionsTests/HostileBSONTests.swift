#if Mongo
    import SessionCore
    import Testing

    @testable import MongoSessions

    /// Bytes from somewhere else: an error or a document, never a trap, and never more memory than
    /// there are bytes.
    @Suite(.timeLimit(.minutes(5))) struct HostileBSONTests {
        /// A document with every type in it.
        static let sample: [UInt8] = {
            var writer = BSONWriter()
            _ = writer.setMembers(
                of: [
                    "id": "x:1", "a": 1, "b": 0.5, "c": 5_000_000_000,
                    "d": [true, nil, ["e": "é"]],
                    "lastActivity": 1_512_345_678_901,
                ]
            )
            for (hexadecimal, _) in BSONTests.foreign {
                var reader = try? BSONReader(bytes(hexadecimal)[...])
                guard let element = try? reader?.next() else { continue }
                writer.set("t\(element.type.rawValue)", to: element)
            }
            writer.set("_rev", to: Int64(77))
            writer.set("_exact", to: #"{"id":"x:1","a":1.0}"#)
            return writer.finished()
        }()

        /// Reads bytes in every way there is.
        private func read(_ bytes: [UInt8]) -> Bool {
            _ = try? WriteReply(bytes)
            _ = try? FindReply(bytes)
            guard let reader = try? BSONReader(bytes[...]) else { return false }
            _ = try? StoredSession(reader)
            return (try? JSONObject(reader)) != nil
        }

        @Test func `the sample is whole`() throws {
            let stored = try StoredSession(try BSONReader(Self.sample[...]))
            #expect(stored.session.document.count >= 19)
            #expect(read(Self.sample))
        }

        @Test func `every beginning of a document is an error`() {
            for count in Self.sample.indices {
                #expect(!read(Array(Self.sample[..<count])), "\(count) bytes")
                // With a length that is right, and an end that looks like one.
                var bytes = Array(Self.sample[..<count])
                guard count >= 5 else { continue }
                bytes[count - 1] = 0
                for index in 0..<4 {
                    bytes[index] = UInt8(truncatingIfNeeded: count >> (8 * index))
                }
                _ = read(bytes)
            }
        }

        @Test func `every bit may be another`() {
            var survivors = 0
            for index in Self.sample.indices {
                let byte = Self.sample[index]
                for value in [0, 0x7F, 0x80, 0xFF, byte &+ 1, byte &- 1]
                    + (0..<8).map({ byte ^ 1 << $0 })
                {
                    var bytes = Self.sample
                    bytes[index] = value
                    if read(bytes) { survivors += 1 }
                }
            }
            #expect(survivors > Self.sample.count)
        }

        @Test(arguments: [Int32.min, -1, 0, 4, 1_000, Int32.max])
        func `every four bytes may be any length`(length: Int32) {
            for index in Self.sample.indices.dropLast(3) {
                var bytes = Self.sample
                for place in 0..<4 {
                    bytes[index + place] = UInt8(truncatingIfNeeded: length >> (8 * place))
                }
                _ = read(bytes)
            }
        }

        @Test func `noise is read to its end`() {
            var generator = SystemRandomNumberGenerator()
            for _ in 0..<5_000 {
                let count = Int.random(in: 5...60, using: &generator)
                var bytes = (0..<count).map { _ in UInt8.random(in: 0...20, using: &generator) }
                for index in 0..<4 { bytes[index] = index == 0 ? UInt8(count) : 0 }
                bytes[count - 1] = 0
                _ = read(bytes)
            }
        }

        /// Documents in documents, or code whose variables are code.
        private func nested(_ depth: Int, asCode: Bool) -> [UInt8] {
            var innermost: [UInt8] = [5, 0, 0, 0, 0]
            for _ in 0..<depth {
                var value = innermost
                if asCode {
                    let code: [UInt8] = [1, 0, 0, 0, 0]
                    let count = UInt32(4 + code.count + value.count)
                    value =
                        (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + code + value
                }
                let type: UInt8 = asCode ? 0x0F : 0x03
                let count = UInt32(4 + 3 + value.count + 1)
                innermost =
                    (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
                    + [type, 0x61, 0] + value + [0]
            }
            return innermost
        }

        @Test(arguments: [false, true])
        func `nesting has an end`(asCode: Bool) throws {
            let deepest = nested(JSON.depthMax - 1, asCode: asCode)
            _ = try JSONObject(try BSONReader(deepest[...]))
            for depth in [JSON.depthMax, 5_000] {
                let document = nested(depth, asCode: asCode)
                let reader = try BSONReader(document[...])
                #expect(throws: BSONError.tooDeep) { try JSONObject(reader) }
            }
        }

        @Test(arguments: [
            ("0c000000106100" + "0500000000" + "00", BSONError.wrongLength),
            ("0d000000106100" + "05000000" + "00", .wrongLength),
            ("0c000000106100" + "05000000" + "01", .noEnd),
            ("0c000000206100" + "05000000" + "00", .unknownType),
            ("09000000086100" + "02" + "00", .invalidBool),
            ("0e000000026100" + "02000000ff" + "00" + "00", .invalidUTF8),
            ("0e000000026100" + "0200000078" + "01" + "00", .noEnd),
            ("0e000000026100" + "0000000078" + "00" + "00", .wrongLength),
            ("0700000008ff" + "00", .noEnd),
            ("0a00000008ff" + "0001" + "0000", .invalidUTF8),
            ("13000000056100" + "0600000002030000006162" + "00", .wrongLength),
            ("0d000000056100" + "ffffffff00" + "00", .wrongLength),
        ])
        func `what is wrong is named`(hexadecimal: String, error: BSONError) {
            #expect(throws: error) {
                try JSONObject(try BSONReader(bytes(hexadecimal)[...]))
            }
        }
    }
#endif
