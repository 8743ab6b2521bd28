#if Mongo
    import SessionCore
    import Testing

    @testable import MongoSessions

    /// What the server says no to, and which answer of the contract that is.
    @Suite(.timeLimit(.minutes(5)), .serialized) struct ServerErrorTests {
        private func fault(
            _ body: () async throws -> Void
        ) async throws -> SessionStoreError {
            do {
                try await body()
            } catch let error as SessionStoreError {
                return error
            }
            Issue.record("nothing was thrown")
            return .conflict("x:1")
        }

        private static let secrets = ["hunter2", "wrong-secret", "mongodb://"]

        private func expectNoSecret(_ error: SessionStoreError) {
            for secret in Self.secrets { #expect(!"\(error)".contains(secret), "\(error)") }
        }

        @Test func `a wrong password is misconfigured, and the right one lets in`() async throws {
            // Or the user would be gone with the server that is killed.
            let server = try MongoServer(["--sync-on-commit"])
            let place = try MongoPlace(url: server.url)
            var admin = place.options()
            admin.database = "admin"
            let connection = try await MongoConnection.open(admin, Call(.open))
            let command = BSONWriter.document { command in
                command.set("createUser", to: "anna")
                command.set("pwd", to: "hunter2")
                command.setArray("roles") { roles in
                    roles.setDocument("0") { role in
                        role.set("role", to: "readWrite")
                        role.set("db", to: "conformance")
                    }
                }
            }
            _ = try await connection.run(command, writes: true, Call(.maintain)).get()
            await connection.close()
            server.kill()
            try server.start(["--auth"])

            func store(_ credentials: String) -> MongoSessionStore {
                var options = place.options(timeout: .seconds(2))
                options.url =
                    "mongodb://\(credentials)127.0.0.1:\(server.port)/conformance"
                    + "?directConnection=true&authSource=admin"
                return MongoSessionStore(options)
            }
            let right = store("anna:hunter2@")
            try await right.write(Session(id: "x:1"))
            #expect(try await right.read("x:1") != nil)
            try await right.close()
            for credentials in ["anna:wrong-secret@", "nobody:wrong-secret@", ""] {
                let wrong = store(credentials)
                let stopwatch = Stopwatch()
                let error = try await fault { try await wrong.open() }
                #expect(await stopwatch.stop() < .seconds(7))
                print("mongo: \(error)")
                guard case .misconfigured(let fault) = error else {
                    Issue.record("\(error)")
                    continue
                }
                let settings = [MongoSetting.url, MongoSetting.createsIndexes]
                #expect(settings.contains(fault.setting ?? ""))
                expectNoSecret(error)
            }
        }

        @Test func `two documents with one id are told when the store is opened`() async throws {
            let place = try MongoPlace()
            for step in [Int32(1), 2] {
                try await place.insert(
                    BSONWriter.document { document in
                        document.set("id", to: "x:private")
                        document.set("step", to: step)
                    }
                )
            }
            let error = try await fault { try await place.store().open() }
            guard case .corrupted(let fault) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(fault.cause.contains("lastActivity"))
            #expect(fault.place?.contains(place.collectionName) == true)
            #expect(!"\(error)".contains("private"))
            try await place.drop()
        }

        @Test func `whoever has made the indexes may call them as they like`() async throws {
            let place = try MongoPlace()
            try await place.run { command in
                command.set("createIndexes", to: place.collectionName)
                command.setArray("indexes") { indexes in
                    indexes.setDocument("0") { index in
                        index.setDocument("key") { $0.set("id", to: Int32(1)) }
                        index.set("name", to: "mine")
                        index.set("unique", to: true)
                    }
                }
            }
            let store = place.store()
            try await store.write(Session(id: "x:1"), ifUnchangedSince: .absent)
            await #expect(throws: SessionStoreError.conflict("x:1")) {
                try await store.write(Session(id: "x:1"), ifUnchangedSince: .absent)
            }
            try await store.close()
            try await place.drop()
        }

        @Test func `an index that lets ids be twice is told`() async throws {
            let place = try MongoPlace()
            // Under the name that ours has.
            try await place.run { command in
                command.set("createIndexes", to: place.collectionName)
                command.setArray("indexes") { indexes in
                    indexes.setDocument("0") { index in
                        index.setDocument("key") { $0.set("id", to: Int32(1)) }
                        index.set("name", to: "id_1")
                    }
                }
            }
            let error = try await fault { try await place.store().open() }
            guard case .misconfigured(let fault) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(fault.setting == MongoSetting.collectionName)
            #expect(fault.cause.contains("unique"))
            try await place.drop()
        }

        @Test func `a session that fits the contract, but not MongoDB, is rejected`() async throws {
            let place = try MongoPlace()
            let store = place.store()
            var session = Session(id: "x:1")
            session.state["text"] = .string(
                String(repeating: "x", count: Session.byteCountMax - 300))
            try await store.write(session)
            #expect(try await store.read("x:1") == session.stamped(at: try await activity(store)))
            // The same text, twice: what BSON can't express is kept as JSON beside it.
            session.state["one"] = .number(try #require(JSONNumber(text: "1.0")))
            let large = session
            let error = try await fault { try await store.write(large) }
            guard case .rejected(let fault) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(fault.cause.contains("MongoDB"))
            try await store.close()
            try await place.drop()
        }

        private func activity(_ store: MongoSessionStore) async throws -> Int64 {
            try #require(try await store.read("x:1")?.lastActivity)
        }

        // MARK: Faults on order

        /// Lets a server fail the next `count` commands called `name`.
        private func failNext(
            _ name: String,
            _ count: Int32 = 1,
            at place: MongoPlace,
            _ body: (inout BSONWriter) -> Void
        ) async throws {
            var admin = place.options()
            admin.database = "admin"
            let connection = try await MongoConnection.open(admin, Call(.open))
            let command = BSONWriter.document { command in
                command.set("configureFailPoint", to: "failCommand")
                command.setDocument("mode") { $0.set("times", to: count) }
                command.setDocument("data") { data in
                    data.setArray("failCommands") { $0.set("0", to: name) }
                    body(&data)
                }
            }
            _ = try await connection.run(command, writes: false, Call(.maintain)).get()
            await connection.close()
        }

        @Test func `a listing goes on when the expired can't be removed`() async throws {
            let server = try MongoServer()
            let place = try MongoPlace(url: server.url)
            let store = place.store()
            try await store.write(Session(id: "x:1"))
            try await place.insert(
                BSONWriter.document { document in
                    document.set("id", to: "x:0")
                    document.set("lastActivity", to: Int64(1_000))
                    document.set("expiresIn", to: Int32(1))
                }
            )
            try await failNext("delete", at: place) { $0.set("errorCode", to: Int32(13)) }
            #expect(try await store.count() == 1)
            #expect(try await place.documents(under: "x:0").count == 1)
            #expect(try await store.count() == 1)
            #expect(try await place.documents(under: "x:0").isEmpty)
            try await store.close()
        }

        @Test func `a reply without documents is no empty one`() throws {
            for reply in [
                BSONWriter.document { $0.set("ok", to: 1.0) },
                BSONWriter.document { $0.set("cursor", to: "none") },
                BSONWriter.document { $0.setDocument("cursor") { $0.set("id", to: Int64(0)) } },
            ] {
                #expect(throws: BSONError.missing) { _ = try FindReply(reply) }
            }
        }

        @Test func `a write is repeated after an outage, and happens once`() async throws {
            let server = try MongoServer()
            let place = try MongoPlace(url: server.url)
            let store = place.store()
            try await store.write(Session(id: "x:1"))
            try await failNext("update", at: place) { $0.set("closeConnection", to: true) }
            try await store.update("x:1") { $0?.state["count"] = 1 }
            #expect(try await store.read("x:1")?.state["count"] == 1)
            try await failNext("find", at: place) { $0.set("closeConnection", to: true) }
            #expect(try await store.read("x:1")?.state["count"] == 1)
            try await failNext("insert", at: place) { $0.set("closeConnection", to: true) }
            try await store.write(Session(id: "x:2"), ifUnchangedSince: .absent)
            try await failNext("findAndModify", at: place) { $0.set("closeConnection", to: true) }
            #expect(try await store.destroy("x:2"))
            try await store.close()
        }

        @Test(arguments: [
            (10_107, "unavailable"), (91, "unavailable"), (11_600, "unavailable"),
            (50, "unavailable"), (112, "unavailable"), (4_711, "unavailable"),
            (13, "misconfigured"), (18, "misconfigured"), (73, "misconfigured"),
            (10_334, "rejected"), (14_031, "outOfSpace"),
        ])
        func `each error of a server has its answer`(code: Int32, name: String) async throws {
            let server = try MongoServer()
            let place = try MongoPlace(url: server.url)
            let store = MongoSessionStore(place.options(timeout: .seconds(10)))
            try await store.write(Session(id: "x:1"))
            // More than once, or some would be repeated with success.
            try await failNext("update", 4, at: place) { $0.set("errorCode", to: code) }
            let error = try await fault { try await store.write(Session(id: "x:1")) }
            #expect(error.caseName == name, "\(error)")
            #expect(error.fault.cause.contains("\(code)"), "\(error)")
            expectNoSecret(error)
            try await store.close()
        }

        @Test func `a write that is less safe than asked for is unavailable`() async throws {
            let server = try MongoServer()
            let place = try MongoPlace(url: server.url)
            let store = place.store()
            try await store.write(Session(id: "x:1"))
            try await failNext("update", at: place) { data in
                data.setDocument("writeConcernError") { error in
                    error.set("code", to: Int32(64))
                    error.set("errmsg", to: "waiting for replication timed out")
                }
            }
            let error = try await fault { try await store.write(Session(id: "x:1")) }
            #expect(error.caseName == "unavailable", "\(error)")
            #expect(error.fault.cause.contains("has happened"), "\(error)")
            try await store.close()
        }

        @Test func `the write concern of the URL is sent`() async throws {
            var options = try MongoPlace().options()
            // More than any replica set has: the server says so, if it is told.
            options.url += "?w=99&wtimeoutMS=100"
            let store = MongoSessionStore(options)
            let error = try await fault { try await store.write(Session(id: "x:1")) }
            #expect(error.caseName == "misconfigured", "\(error)")
            #expect(error.fault.setting == MongoSetting.url)
            try await store.close()
        }
    }

    /// Every failure has its answer, without a server.
    @Suite struct TranslationTests {
        private func answer(
            _ source: MongoFailure.Source,
            _ code: Int,
            _ name: String = ""
        ) -> SessionStoreError {
            let failure = MongoFailure(source: source, code: code, name: name)
            return SessionStoreError(failure, Call(.write, "x:private"), at: "mongodb h/d.c")
        }

        @Test(arguments: [
            (MongoFailure.Source.url, "misconfigured"), (.selection, "unavailable"),
            (.stream, "unavailable"), (.authentication, "misconfigured"),
            (.protocolError, "unavailable"), (.tooBig, "rejected"), (.library, "misconfigured"),
            (.writeConcern, "unavailable"), (.server, "unavailable"),
        ])
        func `whoever says so has an answer`(source: MongoFailure.Source, name: String) {
            let error = answer(source, 1)
            #expect(error.caseName == name)
            #expect(error.fault.id == "x:private")
            #expect(!"\(error)".contains("private"))
            if name == "misconfigured" { #expect(error.fault.setting == MongoSetting.url) }
        }

        @Test func `the server's numbers have answers`() {
            let answers: [(codes: [Int], name: String)] = [
                ([13, 18, 8_000, 11, 334, 59, 115, 73, 20, 166], "misconfigured"),
                ([10_334, 17_280, 121, 17_419], "rejected"), ([14_031, 12_501], "outOfSpace"),
                ([6, 7, 89, 91, 189, 10_107, 13_435, 11_600, 11_602, 50, 24, 112], "unavailable"),
                ([0, 4_711], "unavailable"),
            ]
            for (codes, name) in answers {
                for code in codes { #expect(answer(.server, code).caseName == name, "\(code)") }
            }
            for code in [79, 100] {
                #expect(answer(.writeConcern, code).caseName == "misconfigured")
            }
            #expect(answer(.server, 73).fault.setting == MongoSetting.collectionName)
            #expect(answer(.server, 91, "ShutdownInProgress").fault.cause.contains("Shutdown"))
        }
    }

    extension SessionStoreError {
        /// The name of the case.
        var caseName: String { String("\(Mirror(reflecting: self).children.first?.label ?? "")") }
    }
#endif
