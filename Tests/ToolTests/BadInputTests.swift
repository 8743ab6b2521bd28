#if Tools
    import FileSessions
    import Foundation
    import SessionCore
    import Testing

    /// Whatever the tool is given, it says what is wrong and where, and the directory stays as it
    /// was.
    @Suite(.serialized) struct BadInputTests {
        let scratch: Scratch

        init() throws {
            scratch = try Scratch()
        }

        static let reading = ["stats", "list", "verify", "inspect"]

        /// Runs every command on a directory, and expects the same of each.
        private func refuse(
            _ store: String,
            code: Int32,
            saying part: String,
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let before = try Snapshot(store)
            var answers = try Self.reading.map { try Tool.control($0, store) }
            answers.append(try Tool.control("get", store, "line:U1"))
            answers.append(try Tool.control("put", store, input: #"{"id":"a:1"}"#))
            answers.append(try Tool.control("put", store, "--create", input: #"{"id":"a:1"}"#))
            answers.append(try Tool.control("destroy", store, "line:U1"))
            for answer in answers {
                #expect(answer.code == code, "\(answer)", sourceLocation: sourceLocation)
                let text = answer.out + answer.err
                #expect(text.contains(part), "\(answer)", sourceLocation: sourceLocation)
            }
            #expect(try Snapshot(store) == before, sourceLocation: sourceLocation)
        }

        @Test func `a directory of somebody else stays as it was`() throws {
            let path = scratch.path("photos")
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false)
            try Data("cheese".utf8).write(to: URL(filePath: path + "/cat.jpg"))
            try refuse(path, code: 1, saying: "cat.jpg")
        }

        @Test func `a manifest of another program is not ours`() throws {
            let path = scratch.path("leveldb")
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false)
            let text = "MANIFEST of something else entirely\n"
            try Data(text.utf8).write(to: URL(filePath: path + "/MANIFEST"))
            try refuse(path, code: 1, saying: "not one of our files")
        }

        @Test func `a store of a newer version is left alone`() async throws {
            let store = try await Samples.store(scratch)
            var manifest = try Data(contentsOf: URL(filePath: store + "/MANIFEST"))
            manifest[8] = 2
            try manifest.write(to: URL(filePath: store + "/MANIFEST"))
            try refuse(store, code: 1, saying: "format version 2")
            #expect(try Tool.control("stats", store).err.contains("use a newer sessionctl"))
        }

        @Test func `a damaged manifest is damage`() async throws {
            let store = try await Samples.store(scratch)
            try Samples.flip(store + "/MANIFEST", at: 40)
            try refuse(store, code: 3, saying: "MANIFEST")
        }

        @Test func `a missing segment is damage, and no write makes it worse`() async throws {
            let store = try await Samples.store(scratch)
            try FileManager.default.removeItem(atPath: store + "/0000000001.segment")
            let before = try Snapshot(store)
            for command in Self.reading {
                let answer = try Tool.control(command, store)
                #expect(answer.code == 3, "\(command) \(answer)")
                #expect((answer.out + answer.err).contains("0000000001.segment"), "\(answer)")
            }
            for arguments in [["put", store], ["destroy", store, "line:U1"]] {
                let process = try Tool.process("sessionctl", arguments)
                let answer = try Tool.run(process, input: Array(#"{"id":"a:1"}"#.utf8))
                #expect(answer.code == 3, "\(answer)")
            }
            // The note of the last holder is all that opening for writing leaves.
            #expect(try without("LOCK", store) == without("LOCK", before))
        }

        private func without(_ name: String, _ store: String) throws -> Snapshot {
            without(name, try Snapshot(store))
        }

        private func without(_ name: String, _ snapshot: Snapshot) -> Snapshot {
            var snapshot = snapshot
            snapshot.files[name] = nil
            return snapshot
        }

        @Test func `a directory that is not there is not made`() throws {
            let path = scratch.path("none")
            for command in Self.reading {
                let answer = try Tool.control(command, path)
                #expect(answer.code == 1)
                #expect(answer.err.contains(path))
                #expect(answer.err.contains("check the path"))
            }
            #expect(!FileManager.default.fileExists(atPath: path))
        }

        @Test func `a file is no directory`() throws {
            let path = scratch.path("file")
            try Data("x".utf8).write(to: URL(filePath: path))
            #expect(try Tool.control("stats", path).code == 1)
            #expect(try Data(contentsOf: URL(filePath: path)) == Data("x".utf8))
        }

        @Test func `a directory that may not be read is refused by name`() async throws {
            let store = try await Samples.store(scratch)
            // Root may read everything, so somebody else has to ask.
            guard getuid() == 0 else {
                chmod(store, 0)
                defer { chmod(store, 0o700) }
                #expect(try Tool.control("stats", store).code == 1)
                return
            }
            for path in [scratch.url.path, try Tool.directory.path] where !isOpenToAll(path) {
                print("unreadable directory: not tried, since others can't get to \(path)")
                return
            }
            let before = try Snapshot(store)
            let process = try Tool.process("sessionctl", [])
            let tool = process.executableURL?.path ?? ""
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = [
                "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", tool, "stats",
                store,
            ]
            let answer = try Tool.run(process, input: [])
            #expect(answer.code == 1, "\(answer)")
            #expect(answer.err.contains(store))
            #expect(answer.err.contains("Check owner, mode and mount"))
            #expect(try Snapshot(store) == before)
        }

        private func isOpenToAll(_ path: String) -> Bool {
            var url = URL(filePath: path)
            while url.path != "/" {
                let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
                let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0
                if mode & 1 == 0 { return false }
                url.deleteLastPathComponent()
            }
            return true
        }

        @Test func `an id too long and a value too large are refused with their limits`()
            async throws
        {
            let store = try await Samples.store(scratch)
            let before = try Snapshot(store)

            let long = "a:" + String(repeating: "x", count: 1_023)
            let got = try Tool.control("get", store, long)
            #expect(got.code == 1)
            #expect(got.err.contains("an id of 1025 bytes is longer than 1024"))
            let put = try Tool.control("put", store, input: #"{"id":"\#(long)"}"#)
            #expect(put.code == 1)
            #expect(put.err.contains("1025 bytes"))

            let text = String(repeating: "x", count: 16 * 1_024 * 1_024)
            let large = try Tool.control("put", store, input: #"{"id":"a:1","t":"\#(text)"}"#)
            #expect(large.code == 1)
            #expect(large.err.contains("larger than 16777216"), "\(large.err)")
            #expect(try Snapshot(store) == before)
        }

        @Test(arguments: [
            ([0x7B, 0x22, 0xFF, 0x22, 0x7D], "not JSON"), ([], "not JSON"),
            (Array("[]".utf8), "no object"), (Array("{}".utf8), "no text under \"id\""),
            (Array(#"{"id":"nocolon"}"#.utf8), "colon"),
            (Array(#"{"id":"a:1"}{"id":"a:2"}"#.utf8), "not JSON"),
        ])
        func `what is no session is not stored`(_ input: [UInt8], _ reason: String) async throws {
            let store = try await Samples.store(scratch)
            let before = try Snapshot(store)
            let answer = try Tool.run(try Tool.process("sessionctl", ["put", store]), input: input)
            #expect(answer.code == 1)
            #expect(answer.err.hasPrefix("sessionctl: standard input: "))
            #expect(answer.err.contains(reason), "\(answer.err)")
            #expect(try Snapshot(store) == before)
        }

        @Test func `another process's store is named by its pid, and read beside it`() async throws
        {
            let path = try await Samples.store(scratch)
            let bot = try Conversation(["--dirname", path])
            let before = try Snapshot(path)
            for arguments in [["put", path], ["destroy", path, "line:U1"]] {
                let process = try Tool.process("sessionctl", arguments)
                let answer = try Tool.run(process, input: Array(#"{"id":"a:1"}"#.utf8))
                #expect(answer.code == 4)
                #expect(answer.err.contains("in use by pid \(bot.processNumber)"), "\(answer.err)")
            }
            let second = try Tool.bot(["--dirname", path], input: [])
            #expect(second.code == 1)
            #expect(second.err.contains("pid \(bot.processNumber)"), "\(second.err)")
            for command in Self.reading {
                #expect(try Tool.control(command, path).code == 0, "\(command)")
            }
            #expect(try Snapshot(path) == before)
            #expect(try bot.say("add tea") != nil)
            #expect(try Tool.control("get", path, "console:1", "--reveal").out.contains("tea"))
            bot.end()
            #expect(try Tool.control("destroy", path, "line:U1").code == 0)
        }

        @Test func `a read-only file system is read, and never written`() async throws {
            let store = try await Samples.store(scratch)
            let mounted = scratch.path("mounted")
            try FileManager.default.createDirectory(
                atPath: mounted, withIntermediateDirectories: false)
            guard shell("mount -t tmpfs tmpfs '\(mounted)'") else {
                print("read-only file system: not tried, since nothing may be mounted here")
                return
            }
            defer { _ = shell("umount '\(mounted)'") }
            let path = mounted + "/store"
            #expect(shell("cp -a '\(store)' '\(path)' && mount -o remount,ro '\(mounted)'"))
            let before = try Snapshot(path)
            for command in Self.reading { #expect(try Tool.control(command, path).code == 0) }
            let answer = try Tool.control("put", path, input: #"{"id":"a:1"}"#)
            #expect(answer.code == 1)
            #expect(answer.err.contains("readOnly"), "\(answer.err)")
            #expect(answer.err.contains("Check owner, mode and mount"))
            #expect(try Snapshot(path) == before)
        }

        private func shell(_ script: String) -> Bool {
            let process = Process()
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", script]
            process.standardError = FileHandle.nullDevice
            guard (try? process.run()) != nil else { return false }
            process.waitUntilExit()
            return process.terminationStatus == 0
        }

        @Test func `without file descriptors it says so, and nothing is lost`() async throws {
            let store = try await Samples.store(scratch)
            var refusals = 0
            for limit in 3...9 {
                for command in Self.reading {
                    let before = try Snapshot(store)
                    let answer = try Tool.control(after: "ulimit -n \(limit)", command, store)
                    if answer.err.contains("tooManyOpenFiles") { refusals += 1 }
                    #expect(try Snapshot(store) == before)
                }
                let answer = try Tool.control(
                    after: "ulimit -n \(limit)", "destroy", store, "a:none")
                if answer.err.contains("tooManyOpenFiles") { refusals += 1 }
            }
            #expect(refusals > 0)
            #expect(try Tool.control("verify", store).code == 0)
            #expect(try Tool.control("list", store).out.split(separator: "\n").count == 4)
        }

        @Test(arguments: [
            ["stats"], ["bogus"], ["list", "x", "--kind", "pony"], ["list", "x", "--limit", "0"],
            ["stats", "x", "--expires-in", "soon"], ["stats", "x", "--expires-in", "-1"],
            ["stats", "x", "--frobnicate"], ["get", "x"],
        ])
        func `wrong usage ends with 1 and says why`(_ arguments: [String]) throws {
            let answer = try Tool.run(try Tool.process("sessionctl", arguments), input: [])
            #expect(answer.code == 1, "\(answer)")
            #expect(answer.err.hasPrefix("sessionctl: "))
            #expect(answer.out == "")
        }
    }
#endif
