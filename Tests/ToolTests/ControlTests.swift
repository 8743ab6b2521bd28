#if Tools
    import Foundation
    @testable import LogEngine
    import SessionCore
    import Testing

    @Suite(.serialized) struct ControlTests {
        let scratch: Scratch

        init() throws {
            scratch = try Scratch()
        }

        @Test func `stats counts sessions and bytes`() async throws {
            let store = try await Samples.store(scratch)

            let text = try await Tool.control("stats", store)
            let json = try JSON(parsing: try await Tool.control("stats", store, "--json").out)

            #expect(text.code == 0)
            #expect(text.err == "")
            let rows = text.out.split(separator: "\n").map {
                $0.split(separator: " ").map(String.init)
            }
            #expect(rows[0] == ["sessions", "4"])
            #expect(rows.contains(["expired", "sessions", "0"]))
            #expect(rows.contains(["counters", "right"]))
            #expect(rows.last?.prefix(3) == ["0000000001.segment", "7", "4"])
            #expect(json["sessions"]?.int64 == 4)
            #expect(json["expiredSessions"]?.int64 == 0)
            let live = try #require(json["liveBytes"]?.int64)
            let dead = try #require(json["deadBytes"]?.int64)
            #expect(json["spaceAmplification"]?.double == Double(live + dead) / Double(live))
            #expect(json["segments"]?[0]?["records"]?.int64 == 7)
            #expect(json["indexBytesPerSession"]?.double != nil)
            #expect(json["indexBytesPerSessionMax"] == .null)
            let sizes = try Snapshot(store).files.values.map(\.bytes.count).reduce(0, +)
            #expect(json["fileBytes"]?.int64 == Int64(sizes))
        }

        @Test func `stats counts anew, and says when the counters are wrong`() async throws {
            let store = try await Samples.store(scratch)
            let right = try await Tool.control("stats", store, "--json")
            #expect(right.code == 0)
            #expect(try JSON(parsing: right.out)["miscounts"] == .array([]))
            let log = try await SegmentLog.open(store)
            _ = try await log.write(Array("line:U2".utf8), Array("{}".utf8))
            _ = try await log.remove(Array("line:U2".utf8))
            log.core.segments.all.first?.addLive(byteCount: 8)
            try await log.close()

            let text = try await Tool.control("stats", store)
            #expect(text.code == 3)
            #expect(text.out.contains("counters") && text.out.contains("wrong"))
            let told = "miscounted: 0000000001.segment has 5 live records of"
            #expect(text.err.contains(told))
            let json = try await Tool.control("stats", store, "--json")
            #expect(json.code == 3)
            let found = try JSON(parsing: json.out)["miscounts"]?[0]
            #expect(found?["file"] == "0000000001.segment")
            #expect(found?["liveRecords"]?.int64 == 5)
            #expect(found?["countedRecords"]?.int64 == 4)
        }

        @Test func `stats tells tombstones, and what they are kept for`() async throws {
            let path = scratch.path("store")
            var options = LogOptions()
            options.segmentByteCountMax = 400
            options.maintenance = .manual
            let log = try await SegmentLog.open(path, options: options)
            let value = [UInt8](repeating: 32, count: 300)
            let first = try await log.write(Array("a:1".utf8), value)
            #expect(try await log.remove(Array("a:1".utf8)))
            for number in 2...3 { _ = try await log.write(Array("a:\(number)".utf8), value) }
            try await log.close()

            let json = try JSON(parsing: try await Tool.control("stats", path, "--json").out)
            #expect(json["tombstones"]?.int64 == 1)
            #expect(json["keptTombstones"]?.int64 == 1)
            #expect(json["keptTombstoneBytes"] == json["tombstoneBytes"])
            let segment = json["segments"]?[1]
            #expect(segment?["tombstones"]?.int64 == 1)
            #expect(segment?["keptFor"]?["file"] == "0000000001.segment")
            #expect(segment?["keptFor"]?["sequenceMin"]?.int64 == Int64(first))
            let text = try await Tool.control("stats", path).out
            #expect(text.contains("1  0000000001.segment from \(first)"))
        }

        @Test func `stats tells expired sessions when it knows the bot's setting`() async throws {
            let store = try await Samples.store(scratch)
            let long = try await Tool.control("stats", store, "--json", "--expires-in", "60")
            #expect(try JSON(parsing: long.out)["sessions"]?.int64 == 4)
            try await Task.sleep(for: .seconds(3.1))
            let short = try await Tool.control("stats", store, "--json", "--expires-in", "0.001")
            #expect(try JSON(parsing: short.out)["sessions"]?.int64 == 0)
            #expect(try JSON(parsing: short.out)["expiredSessions"]?.int64 == 4)
            #expect(try await Tool.control("list", store, "--expires-in", "0.001").out == "")
        }

        @Test(arguments: [
            ([], ["line:U1", "slack:C7", "slack:G2", #"web:a\n\u{1b}[31mb"#]),
            (["--platform", "slack"], ["slack:C7", "slack:G2"]),
            (["--kind", "user"], ["line:U1", #"web:a\n\u{1b}[31mb"#]),
            (["--participant", "U9"], ["slack:C7", "slack:G2"]),
            (["--participant", "U9", "--kind", "group"], ["slack:G2"]),
            (["--prefix", "slack:C"], ["slack:C7"]),
            (["--prefix", "none"], []),
        ])
        func `list shows the ids that match, in one line each`(
            _ options: [String],
            _ expected: [String]
        ) async throws {
            let store = try await Samples.store(scratch)
            let list = try Tool.process("sessionctl", ["list", store] + options)
            let answer = try await Tool.run(list, input: [])
            #expect(answer.out.split(separator: "\n").map(String.init).sorted() == expected)
            #expect(answer.code == 0)
        }

        @Test func `list stops at its limit, and gives JSON a line`() async throws {
            let store = try await Samples.store(scratch)
            #expect(
                try await Tool.control("list", store, "--limit", "2").out.split(separator: "\n")
                    .count
                    == 2)
            let web = try await Tool.control("list", store, "--platform", "web", "--json").out
            #expect(web == #"{"id":"web:a\n\u001b[31mb"}"# + "\n")
        }

        @Test func `get shows the shape of a session, and what it says only when asked`()
            async throws
        {
            let store = try await Samples.store(scratch)

            let redacted = try await Tool.control("get", store, "line:U1")
            #expect(
                redacted.out == """
                    id: <string, 7 bytes>
                    kind: <string, 4 bytes>
                    user:
                      id: <string, 2 bytes>
                      displayName: <string, 3 bytes>
                    _state:
                      n: <number>
                    lastActivity: <number>

                    """
            )
            let json = try await Tool.control("get", store, "line:U1", "--json").out
            #expect(!json.contains("Ada"))
            #expect(try JSON(parsing: json)["isRedacted"] == true)
            #expect(
                try JSON(parsing: json)["session"]?["user"]?["displayName"] == "<string, 3 bytes>")

            #expect(try await Tool.control("get", store, "line:U1", "--reveal").out.contains("Ada"))
            let whole = try await Tool.control("get", store, "line:U1", "--reveal", "--json").out
            #expect(try JSON(parsing: whole)["session"]?["_state"]?["n"]?.int64 == 1)
        }

        @Test func `get of a session that is not there fails`() async throws {
            let store = try await Samples.store(scratch)
            let answer = try await Tool.control("get", store, "line:gone")
            #expect(answer.code == 1)
            #expect(answer.err == "sessionctl: \(store): there is no session line:gone.\n")
        }

        @Test func `put stores a document to the letter, and destroy removes it`() async throws {
            let store = try await Samples.store(scratch)
            let document = #"{"id":"viber:x","big":9007199254740993,"_state":{"t":"é"}}"#

            #expect(try await Tool.control("put", store, input: document).out == "stored viber:x\n")
            let got = try await Tool.control("get", store, "viber:x", "--reveal", "--json")
            #expect(got.out.contains(#""big":9007199254740993,"_state":{"t":"é"}"#))

            let removed = try await Tool.control("destroy", store, "viber:x", "--json")
            #expect(removed.out == #"{"id":"viber:x","destroyed":true}"# + "\n")
            let again = try await Tool.control("destroy", store, "viber:x")
            #expect(again.out == "there is no session viber:x\n")
            #expect(again.code == 0)
            #expect(try await Tool.control("get", store, "viber:x").code == 1)
        }

        @Test func `put makes a store only when it is told to`() async throws {
            let path = scratch.path("new")
            let refused = try await Tool.control("put", path, input: #"{"id":"a:1"}"#)
            #expect(refused.code == 1)
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(
                try await Tool.control("put", path, "--create", input: #"{"id":"a:1"}"#).code == 0)
            #expect(try await Tool.control("list", path).out == "a:1\n")
        }

        @Test func `compact gives back what is dead, and keeps the rest`() async throws {
            let store = try await Samples.store(scratch)
            let before = try await Tool.control("list", store).out
            let report = try JSON(parsing: try await Tool.control("compact", store, "--json").out)
            #expect(report["movedSessions"]?.int64 == 4)
            #expect(try #require(report["freedBytes"]?.int64) > 0)
            #expect(report["damagedSegments"]?.int64 == 0)
            #expect(try await Tool.control("list", store).out == before)
            let stats = try JSON(parsing: try await Tool.control("stats", store, "--json").out)
            #expect(stats["deadBytes"]?.int64 == 0)
            let text = try await Tool.control("compact", store)
            #expect(text.code == 0)
            #expect(text.out.contains("sessions moved"))
            #expect(try await Tool.control("verify", store).code == 0)
            let shown = try JSON(parsing: try await Tool.control("inspect", store, "--json").out)
            let segments = try #require(shown["segments"]?.array)
            #expect(segments.contains { $0["compacted"] == .bool(true) })
            #expect(segments.allSatisfy { $0["expiryTombstones"]?.int64 == 0 })
        }

        @Test func `compact lets go what has expired by the bot's setting`() async throws {
            let store = try await Samples.store(scratch)
            // Not for a minute yet, so that a clock that is wrong costs nothing.
            let report = try JSON(
                parsing: try await Tool.control(
                    "compact", store, "--json", "--expires-in", "0.0001"
                ).out)
            #expect(report["expiredSessions"]?.int64 == 0)
            #expect(try await Tool.control("compact", scratch.path("none")).code == 1)
        }

        @Test func `verify finds a sound store sound`() async throws {
            let store = try await Samples.store(scratch)
            let answer = try await Tool.control("verify", store)
            #expect(answer.code == 0)
            #expect(answer.out.hasSuffix("sound\n"))
            let json = try JSON(parsing: try await Tool.control("verify", store, "--json").out)
            #expect(json["sound"] == true)
            #expect(json["records"]?.int64 == 7)
            #expect(json["sessions"]?.int64 == 4)
            #expect(json["damages"] == [])
        }

        @Test func `verify names damage by file and place`() async throws {
            let store = try await Samples.store(scratch)
            try Samples.flip(store + "/0000000001.segment", at: 300)
            let answer = try await Tool.control("verify", store)
            #expect(answer.code == 3)
            #expect(answer.out.contains("damaged"))
            #expect(answer.out.contains("0000000001.segment at byte "))
            let json = try JSON(parsing: try await Tool.control("verify", store, "--json").out)
            #expect(json["sound"] == false)
            #expect(json["damages"]?[0]?["file"] == "0000000001.segment")
            #expect(json["damages"]?[0]?["byteOffset"]?.int64 != nil)
        }

        @Test func `inspect shows manifest, segments and checkpoint`() async throws {
            let store = try await Samples.store(scratch)
            let answer = try await Tool.control("inspect", store)
            #expect(answer.code == 0)
            #expect(answer.out.hasPrefix("manifest\n  format version  1\n"))
            #expect(answer.out.contains("0000000001.segment  resting  sound"))
            #expect(answer.out.contains("checkpoint\n  fresh, "))

            let json = try JSON(parsing: try await Tool.control("inspect", store, "--json").out)
            #expect(json["formatVersion"]?.int64 == 1)
            #expect(json["segments"]?[0]?["state"] == "resting")
            #expect(json["segments"]?[0]?["footer"]?["records"]?.int64 == 7)
            #expect(json["segments"]?[0]?["firstSequence"]?.int64 == 1)
            #expect(json["checkpoint"]?["state"] == "fresh")
            #expect(json["tornTail"] == .null)
            #expect(json["cutFiles"] == [])
        }

        @Test func `inspect shows what a checkpoint lacks, and a broken one`() async throws {
            let store = try await Samples.store(scratch)
            try Samples.flip(store + "/CHECKPOINT", at: 30)
            let broken = try JSON(parsing: try await Tool.control("inspect", store, "--json").out)
            #expect(broken["checkpoint"]?["state"] == "unusable")
            try FileManager.default.removeItem(atPath: store + "/CHECKPOINT")
            let absent = try JSON(parsing: try await Tool.control("inspect", store, "--json").out)
            #expect(absent["checkpoint"]?["state"] == "absent")
            #expect(try await Tool.control("list", store).out.split(separator: "\n").count == 4)
        }

        @Test func `a torn tail is told by all, cut by the next opening, and no damage`()
            async throws
        {
            let store = try await Samples.tornStore(scratch)
            for command in ["stats", "verify", "inspect", "list"] {
                let answer = try await Tool.control(command, store)
                #expect(answer.code == 2, "\(command)")
                #expect((answer.out + answer.err).contains("torn tail"), "\(command)")
            }
            let before = try JSON(parsing: try await Tool.control("inspect", store, "--json").out)
            #expect(before["segments"]?[0]?["state"] == "active")
            #expect(before["tornTail"]?["bytes"]?.int64 == 20)

            let destroy = try await Tool.control("destroy", store, "line:U1")
            #expect(destroy.code == 2)
            #expect(destroy.err.contains("was cut"))
            let after = try JSON(parsing: try await Tool.control("inspect", store, "--json").out)
            #expect(after["tornTail"] == .null)
            #expect(after["cutFiles"]?[0]?["bytes"]?.int64 == 20)
            #expect(try await Tool.control("verify", store).code == 0)
            #expect(try await Tool.control("list", store).out.split(separator: "\n").count == 3)
        }

        @Test(arguments: ["stats", "list", "get", "verify", "inspect"])
        func `a reading command changes nothing`(_ command: String) async throws {
            for store in [try await Samples.store(scratch), try await Samples.tornStore(scratch)] {
                let before = try Snapshot(store)
                let id = command == "get" ? ["line:U1"] : []
                _ = try await Tool.run(
                    try Tool.process("sessionctl", [command, store] + id), input: [])
                _ = try await Tool.run(
                    try Tool.process("sessionctl", [command, store, "--json"] + id), input: [])
                #expect(try Snapshot(store) == before, "\(command) \(store)")
            }
        }

        @Test func `the version names format and libraries`() async throws {
            let libraries = CompressionLibraries.loaded
            let answer = try await Tool.control("--version")
            #expect(answer.code == 0)
            #expect(
                answer.out == """
                    sessionctl 0.1.0
                    file format 1
                    liblz4 \(libraries.lz4), libzstd \(libraries.zstd)

                    """
            )
            #expect(libraries.lz4.wholeMatch(of: /1\.\d+\.\d+/) != nil)
            #expect(libraries.zstd.wholeMatch(of: /1\.\d+\.\d+/) != nil)
        }

        @Test func `help is no failure, and names exit codes and keys`() async throws {
            let help = try await Tool.control("--help")
            #expect(help.code == 0)
            #expect(help.out.contains("EXIT CODES: 0 sound"))
            for command in ["stats", "list", "get", "put", "destroy", "verify", "inspect"] {
                let answer = try await Tool.control(command, "--help")
                #expect(answer.code == 0)
                #expect(answer.out.contains("JSON"), "\(command)")
            }
        }
    }
#endif
