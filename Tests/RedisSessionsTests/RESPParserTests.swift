#if Redis
    import NIOCore
    import Testing

    @testable import RedisSessions

    @Suite struct RESPParserTests {
        /// A reply as bytes, and what it says.
        struct Sample: CustomTestStringConvertible, Sendable {
            let text: String
            let value: RESPValue
            var testDescription: String { text.debugDescription }

            init(_ text: String, _ value: RESPValue) { (self.text, self.value) = (text, value) }
        }

        static let samples = [
            Sample("+OK\r\n", .text("OK")),
            Sample("-WRONGTYPE of a kind\r\n", .failure(RedisFailure("WRONGTYPE of a kind"))),
            Sample(":-9223372036854775808\r\n", .integer(.min)),
            Sample("$5\r\na\r\n\0b\r\n", .bytes(Array("a\r\n\0b".utf8))),
            Sample("$0\r\n\r\n", .bytes([])),
            Sample("$-1\r\n", .null),
            Sample("*-1\r\n", .null),
            Sample("_\r\n", .null),
            Sample("*0\r\n", .list([])),
            Sample(
                "*3\r\n:1\r\n*1\r\n$1\r\na\r\n$-1\r\n",
                .list([.integer(1), .list([.bytes([97])]), .null])),
            Sample(
                "*2\r\n*0\r\n*2\r\n*0\r\n:1\r\n",
                .list([.list([]), .list([.list([]), .integer(1)])])),
            Sample("%1\r\n+a\r\n:1\r\n", .list([.text("a"), .integer(1)])),
            Sample("~2\r\n:1\r\n:2\r\n", .list([.integer(1), .integer(2)])),
            Sample("#t\r\n", .integer(1)),
            Sample("#f\r\n", .integer(0)),
            Sample(",1.5\r\n", .text("1.5")),
            Sample("(123456789012345678901234567890\r\n", .text("123456789012345678901234567890")),
            Sample("=7\r\ntxt:a b\r\n", .bytes(Array("a b".utf8))),
            Sample("!8\r\nERR a\r\nb\r\n", .failure(RedisFailure("ERR a\r\nb"))),
            Sample(">2\r\n+message\r\n:1\r\n", .push([.text("message"), .integer(1)])),
            Sample("|1\r\n+ttl\r\n:3\r\n*1\r\n:1\r\n", .list([.integer(1)])),
            Sample("*2\r\n|1\r\n+a\r\n+b\r\n:1\r\n:2\r\n", .list([.integer(1), .integer(2)])),
        ]

        @Test(arguments: samples) func `a reply is read, however it is cut`(sample: Sample) throws {
            let bytes = Array((sample.text + "+next\r\n").utf8)
            for first in 0...bytes.count {
                for second in first...bytes.count {
                    var parser = RESPParser()
                    var buffer = ByteBuffer()
                    var values: [RESPValue] = []
                    for piece in [bytes[..<first], bytes[first..<second], bytes[second...]] {
                        buffer.writeBytes(piece)
                        while let value = try parser.next(&buffer) { values.append(value) }
                    }
                    #expect(values == [sample.value, .text("next")])
                }
            }
        }

        @Test(arguments: [
            ("x\r\n", RESPParser.Problem.unknownType), ("\r\n", .malformedLine),
            ("+OK\n", .malformedLine),
            (":1x\r\n", .malformedLine), ("$-2\r\n", .malformedLine),
            ("$1\r\nab\r\n", .malformedLine),
            ("#x\r\n", .malformedLine), ("=2\r\nab\r\n", .malformedLine),
            ("*-2\r\n", .malformedLine),
            ("$1000000001\r\n", .tooLarge), ("$9223372036854775807\r\n", .tooLarge),
            ("$99999999999999999999\r\n", .malformedLine), ("*1000000001\r\n", .tooManyElements),
            ("%9223372036854775807\r\n", .tooManyElements), (">-1\r\n", .malformedLine),
            (String(repeating: "*1\r\n", count: 17), .tooDeep),
            (String(repeating: "+", count: 65_537), .lineTooLong),
            ("*2\r\n*1048575\r\n", .tooManyElements),
        ]) func `what is no reply is refused`(text: String, problem: RESPParser.Problem) {
            var parser = RESPParser()
            var buffer = ByteBuffer(string: text)
            #expect(throws: problem) { while try parser.next(&buffer) != nil {} }
        }

        @Test func `the values of a reply together are limited`() {
            var limits = RESPParser.Limits()
            limits.replyByteCountMax = 10
            var parser = RESPParser(limits)
            var buffer = ByteBuffer(string: "*2\r\n$6\r\n123456\r\n$6\r\n123456\r\n")
            #expect(throws: RESPParser.Problem.tooLarge) { try parser.next(&buffer) }
            parser = RESPParser(limits)
            var lines = ByteBuffer(string: "*2\r\n+123456\r\n-123456\r\n")
            #expect(throws: RESPParser.Problem.tooLarge) { try parser.next(&lines) }
            parser = RESPParser(limits)
            var two = ByteBuffer(string: "$6\r\n123456\r\n$6\r\n123456\r\n")
            #expect(throws: Never.self) { while try parser.next(&two) != nil {} }
        }

        @Test func `bytes at random never stop the program`() {
            var generator = SystemRandomNumberGenerator()
            let alphabet = Array("+-:$*_%~#,(=!>|0123456789\r\n\r\n\r\nab".utf8)
            var problemCount = 0
            for _ in 0..<20_000 {
                var parser = RESPParser()
                var buffer = ByteBuffer()
                do {
                    for _ in 0..<40 {
                        buffer.writeInteger(alphabet.randomElement(using: &generator) ?? 0)
                        while try parser.next(&buffer) != nil {}
                    }
                } catch {
                    problemCount += 1
                }
            }
            #expect(problemCount > 10_000)
        }

        @Test func `an error inside a script is what it is, also from old servers`() {
            let old =
                "ERR Error running script (call to f_abc): @user_script:1: WRONGTYPE Operation"
            #expect(RedisFailure(old).code == "WRONGTYPE")
            #expect(RedisFailure("@user_script: 3: -OOM command not allowed").code == "OOM")
            #expect(RedisFailure("ERR unknown command 'x', with 'telegram:OOM'").code == "ERR")
            #expect(RedisFailure("OOM command not allowed").code == "OOM")
            #expect(RedisFailure("").code.isEmpty)
        }

        @Test func `what a server quotes of a command is not passed on`() {
            let text = "ERR unknown command 'X', with args beginning with: 'secret'"
            #expect(!RedisFailure(text).summary.contains("secret"))
        }

        @Test func `a command is written as servers read it`() {
            var buffer = ByteBuffer()
            RedisCommand("GET", "a\r\nb").encode(into: &buffer)
            #expect(String(buffer: buffer) == "*2\r\n$3\r\nGET\r\n$4\r\na\r\nb\r\n")
        }
    }
#endif
