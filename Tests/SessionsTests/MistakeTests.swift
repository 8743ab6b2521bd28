#if Configuration
    import Configuration
    import Foundation
    import SessionCore
    import Sessions
    import Testing

    /// Whatever is set wrong is an error that names it, and never another store than was meant.
    @Suite struct MistakeTests {
        let scratch: Scratch

        static let drivers = "'memory', 'file', 'redis', 'mongo', 'own'"

        init() throws {
            scratch = try Scratch()
        }

        @Test(arguments: [
            ("mongodb", "there is no driver 'mongodb' (did you mean 'mongo'?)"),
            ("File", "there is no driver 'File' (did you mean 'file'?)"),
            ("Memory", "there is no driver 'Memory' (did you mean 'memory'?)"),
            ("postgres", "there is no driver 'postgres' (there are \(drivers))"),
            ("", "there is no driver of this name (there are \(drivers))"),
        ])
        func `an unknown driver is an error`(_ name: String, _ cause: String) async throws {
            let own: SessionConfiguration.CustomDriver = { _, _ in throw CancellationError() }
            let fault = try await scratch.refusal(
                of: #"{"session":{"driver":"\#(name)"}}"#,
                custom: ["own": own]
            )
            #expect(fault.setting == "session.driver")
            #expect(fault.place == "\(scratch.path)/bot.json")
            #expect(fault.cause == cause)
            let variable = try await scratch.refusal(
                of: "{}",
                environment: ["SESSION_DRIVER": name],
                custom: ["own": own]
            )
            #expect(variable.setting == "session.driver")
            #expect(variable.place == "the variable SESSION_DRIVER")
            #expect(variable.cause == cause)
        }

        @Test(arguments: [
            (#"{"session":{"drivr":"file"}}"#, "session.drivr", "did you mean session.driver?"),
            (
                #"{"session":{"expiresin":5}}"#, "session.expiresin",
                "did you mean session.expiresIn?"
            ),
            (
                #"{"session":{"expires_in":5}}"#, "session.expires_in",
                "did you mean session.expiresIn?"
            ),
            (
                #"{"session":{"store":{"file":{"dirname":"x"}}}}"#, "session.store.file.dirname",
                "did you mean session.stores.file.dirname?"
            ),
            (#"{"session":{"store":{}}}"#, "session.store", "did you mean session.stores?"),
            (#"{"session":{"store":"file"}}"#, "session.store", "did you mean session.stores?"),
            (
                #"{"session":{"stores":{"memory":{"maxsize":5}}}}"#,
                "session.stores.memory.maxsize", "did you mean session.stores.memory.maxSize?"
            ),
            (
                #"{"session":{"stores":{"memroy":{"size":5}}}}"#, "session.stores.memroy.size",
                "did you mean session.stores.memory?"
            ),
            (
                #"{"session":{"stores":{"memory":{"limit":5}}}}"#, "session.stores.memory.limit",
                "session.stores.memory has maxSize"
            ),
            (
                #"{"session":{"maxSize":5}}"#, "session.maxSize",
                "did you mean session.stores.memory.maxSize?"
            ),
            (
                #"{"session":{"stores":{"mongo":{"db":"x"}}}}"#, "session.stores.mongo.db",
                "session.stores.mongo has url, database, collectionName, timeout, poolSize,"
                    + " createsIndexes"
            ),
            (
                #"{"session":{"stores":{"own":{"x":1}}}}"#, "session.stores.own.x",
                "session.stores has memory, file, redis, mongo"
            ),
            (
                #"{"session":{"lifetime":5}}"#, "session.lifetime",
                "session has driver, expiresIn, stores"
            ),
        ])
        func `an unknown key is an error, of whichever driver`(
            _ text: String,
            _ key: String,
            _ guess: String
        ) async throws {
            let fault = try await scratch.refusal(of: text)
            #expect(fault.setting == key)
            #expect(fault.place == "\(scratch.path)/bot.json")
            #expect(fault.cause == "there is no such setting (\(guess))")
        }

        @Test(arguments: [
            ("SESSION_STORES_MEMORY_MAXSIZE", "did you mean SESSION_STORES_MEMORY_MAX_SIZE?"),
            ("SESSION_EXPIRESIN", "did you mean SESSION_EXPIRES_IN?"),
            ("SESSION_EXPIRE_IN", "did you mean SESSION_EXPIRES_IN?"),
            ("SESSION_DRIVERS", "did you mean SESSION_DRIVER?"),
            ("session_driver", "did you mean SESSION_DRIVER?"),
            ("SESSIONS_DRIVER", "did you mean SESSION_DRIVER?"),
            ("SESION_EXPIRES_IN", "did you mean SESSION_EXPIRES_IN?"),
            ("SESSIONS_STORES_FILE_DIRNAME", "did you mean SESSION_STORES_FILE_DIRNAME?"),
            ("SESSION_STORE_FILE_DIRNAME", "did you mean SESSION_STORES_FILE_DIRNAME?"),
            ("SESSION_STORES_OWN_TABLE", "there are SESSION_DRIVER, SESSION_EXPIRES_IN, "),
            ("SESSION_STORES", "there are SESSION_DRIVER, SESSION_EXPIRES_IN, "),
            ("SESSION_STORE", "there are SESSION_DRIVER, SESSION_EXPIRES_IN, "),
        ])
        func `an unknown variable is an error when it can only be meant for us`(
            _ name: String,
            _ guess: String
        ) async throws {
            let fault = try await scratch.refusal(of: "{}", environment: [name: "x"])
            #expect(fault.setting == name)
            #expect(fault.place == "the environment")
            #expect(fault.cause.hasPrefix("there is no such setting (\(guess)"))
        }

        @Test func `variables of others, and of a driver of one's own, are left alone`()
            async throws
        {
            let environment = [
                "SESSION_MANAGER": "x", "SESSION_SECRET": "x", "SESSION_ID": "x",
                "XDG_SESSION_ID": "1", "SESSION_STORES_OWN_TABLE": "x", "SESSIONS": "1",
            ]
            let own: SessionConfiguration.CustomDriver = { _, _ in throw CancellationError() }
            let made = try scratch.configuration("{}", environment: environment)
            #expect(try await made.makeStore(custom: ["own": own]) is MemorySessionStore)
        }

        @Test(arguments: [
            (
                #"{"session":"file"}"#, "session",
                "it has a value, but is a section: session has driver, expiresIn, stores"
            ),
            (
                #"{"session":{"stores":{"memory":500}}}"#, "session.stores.memory",
                "it has a value, but is a section: session.stores.memory has maxSize"
            ),
            (
                #"{"session":{"driver":{"name":"file"}}}"#, "session.driver",
                "it has to be a value, and not a section"
            ),
            (#"{"session":{"driver":null}}"#, "session.driver", "it is there, but has no value"),
            (#"{"session":{"driver":{}}}"#, "session.driver", "it is there, but has no value"),
            (
                #"{"session":{"driver":["file"]}}"#, "session.driver",
                "its type is wrong; it has to be text"
            ),
            (
                #"{"session":{"driver":7}}"#, "session.driver",
                "its type is wrong; it has to be text"
            ),
            (
                #"{"session":{"expiresIn":"60"}}"#, "session.expiresIn",
                "its type is wrong; it has to be a number or a whole number"
            ),
            (
                #"{"session":{"expiresIn":true}}"#, "session.expiresIn",
                "its type is wrong; it has to be a number or a whole number"
            ),
            (
                #"{"session":{"expiresIn":-1}}"#, "session.expiresIn",
                "-1.0 is no number of minutes from 0 to 525600000.0"
            ),
            (
                #"{"session":{"stores":{"memory":{"maxSize":-1}}}}"#,
                "session.stores.memory.maxSize", "-1 is less than 0"
            ),
            (
                #"{"session":{"stores":{"memory":{"maxSize":1.5}}}}"#,
                "session.stores.memory.maxSize", "its type is wrong; it has to be a whole number"
            ),
            (
                #"{"session":{"stores":{"memory":{"maxSize":"500"}}}}"#,
                "session.stores.memory.maxSize", "its type is wrong; it has to be a whole number"
            ),
            (
                #"{"session":{"driver":"file","stores":{"file":{"dirname":""}}}}"#,
                "session.stores.file.dirname", "it is empty"
            ),
            (
                #"{"session":{"driver":"file","stores":{"file":{"durability":0}}}}"#,
                "session.stores.file.durability",
                "it is neither 'durable' nor a number of milliseconds from 1 to 3600000"
            ),
            (
                #"{"session":{"driver":"file","stores":{"file":{"durability":"interval"}}}}"#,
                "session.stores.file.durability",
                "it is neither 'durable' nor a number of milliseconds from 1 to 3600000"
            ),
            (
                #"{"session":{"driver":"file","stores":{"file":{"durability":true}}}}"#,
                "session.stores.file.durability",
                "its type is wrong; it has to be a whole number or text"
            ),
            (
                #"{"session":{"driver":"file","stores":{"file":{"compression":"gzip"}}}}"#,
                "session.stores.file.compression", "'gzip' is none of 'none', 'lz4'"
            ),
        ])
        func `a wrong value is an error that names its key`(
            _ text: String,
            _ key: String,
            _ cause: String
        ) async throws {
            let fault = try await scratch.refusal(of: text)
            #expect(fault.setting == key)
            #expect(fault.place == "\(scratch.path)/bot.json")
            #expect(fault.cause == cause)
        }

        @Test(arguments: [
            ("SESSION_EXPIRES_IN", "soon", "session.expiresIn"),
            ("SESSION_EXPIRES_IN", "", "session.expiresIn"),
            ("SESSION_EXPIRES_IN", "nan", "session.expiresIn"),
            ("SESSION_STORES_MEMORY_MAX_SIZE", "many", "session.stores.memory.maxSize"),
            ("SESSION_STORES_MEMORY_MAX_SIZE", "-5", "session.stores.memory.maxSize"),
        ])
        func `a wrong value in the environment is an error, whatever a file says`(
            _ name: String,
            _ value: String,
            _ key: String
        ) async throws {
            let text = #"{"session":{"expiresIn":5,"stores":{"memory":{"maxSize":5}}}}"#
            let fault = try await scratch.refusal(of: text, environment: [name: value])
            #expect(fault.setting == key)
            #expect(fault.place == "the variable \(name)")
        }

        @Test func `what drivers that are not chosen say does not matter`() async throws {
            let text = #"{"session":{"stores":{"file":{"durability":"x"},"redis":{"port":"y"}}}}"#
            #expect(try await scratch.configuration(text).makeStore() is MemorySessionStore)
        }

        @Test(arguments: ["sessions", "sesion", "Session"])
        func `settings under nearly our name are an error, unless ours are there`(
            _ name: String
        ) async throws {
            let fault = try await scratch.refusal(of: #"{"\#(name)":{"driver":"file"}}"#)
            #expect(fault.setting == name)
            #expect(fault.cause == "there is no such section (did you mean session?)")
            let both = #"{"\#(name)":{"driver":"file"},"session":{}}"#
            #expect(try await scratch.configuration(both).makeStore() is MemorySessionStore)
        }

        @Test func `they are in each file, whatever the others have`() async throws {
            var paths: [String] = []
            for (name, text) in [
                ("one", #"{"session":{}}"#), ("two", #"{"sessions":{"driver":1}}"#),
            ] {
                paths.append("\(scratch.path)/\(name).json")
                try text.write(toFile: paths[paths.count - 1], atomically: true, encoding: .utf8)
            }
            let configuration = try SessionConfiguration(files: paths, environment: [:])
            let error = await #expect(throws: SessionStoreError.self) {
                _ = try await configuration.makeStore()
            }
            #expect(error?.fault.setting == "sessions")
            #expect(error?.fault.place == paths[1])
        }

        // MARK: Files

        @Test func `a file that is not there is an error, and not an empty one`() throws {
            let path = scratch.path + "/none.json"
            let error = #expect(throws: SessionStoreError.self) {
                _ = try SessionConfiguration(files: [path], environment: [:])
            }
            #expect(
                error
                    == .misconfigured(
                        Fault(.configure, place: path, cause: "there is no such file")
                    )
            )
        }

        @Test func `a file that can't be read is unavailable`() throws {
            let path = scratch.path + "/directory.json"
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false)
            let error = #expect(throws: SessionStoreError.self) {
                _ = try SessionConfiguration(files: [path], environment: [:])
            }
            guard case .unavailable(let fault) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(fault.place == path)
        }

        @Test(arguments: [
            ("bot.json", #"{"session": {"driver": }}"#, 23),
            ("bot.json", "", 0), ("bot.json", "module.exports = {}", 0),
        ])
        func `a file that is not JSON is an error with the place in it`(
            _ name: String,
            _ text: String,
            _ byteOffset: UInt64
        ) async throws {
            let fault = try await scratch.refusal(of: text, name)
            #expect(fault.place == "\(scratch.path)/bot.json")
            #expect(fault.byteOffset == byteOffset)
            #expect(fault.cause.hasPrefix("the file is not JSON: "))
        }

        @Test func `a file has to be an object of some size, by a known name`() async throws {
            #expect(
                try await scratch.refusal(of: "[]").cause == "the file is JSON, but no object")
            let config = try await scratch.refusal(of: "{}", "bottender.config.js")
            #expect(config.cause == "its name ends neither in .json nor in .yaml or .yml")
            let limit = SessionConfiguration.fileByteCountMax
            let fits = "{}" + String(repeating: " ", count: limit - 2)
            #expect(try await scratch.configuration(fits).makeStore() is MemorySessionStore)
            let long = try await scratch.refusal(of: fits + " ")
            #expect(long.cause == "the file is longer than \(limit) bytes")
            let members = (0...10_000).map { #""k\#($0)":1"# }.joined(separator: ",")
            let many = try await scratch.refusal(of: "{\(members)}")
            #expect(many.cause == "it has more than 10000 settings")
        }

        #if !YAML
            @Test func `YAML is refused by the name of the package trait that is off`() async throws
            {
                let fault = try await scratch.refusal(of: "a: 1", "bot.yaml")
                #expect(
                    fault.cause
                        == "YAML is not read by this build, since the package trait YAML is off")
            }
        #endif

        // MARK: A reader of one's own

        static let wrongValues: [([AbsoluteConfigKey: ConfigValue], String)] = [
            (["session.driver": "mongodb"], "session.driver"),
            (["session.driver": 1], "session.driver"),
            (["session.expiresIn": "60"], "session.expiresIn"),
            (["session.stores.memory.maxSize": -1], "session.stores.memory.maxSize"),
        ]

        @Test(arguments: wrongValues)
        func `a reader's values are held to what they have to be`(
            _ values: [AbsoluteConfigKey: ConfigValue],
            _ key: String
        ) async throws {
            let reader = ConfigReader(provider: InMemoryProvider(values: values))
            let error = await #expect(throws: SessionStoreError.self) {
                _ = try await SessionConfiguration(reader: reader).makeStore()
            }
            guard case .misconfigured(let fault) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(fault.setting == key)
            #expect(fault.place == nil)
        }

        @Test func `a reader hides a misspelt key, as the article says`() async throws {
            let values: [AbsoluteConfigKey: ConfigValue] = ["session.stores.memory.maxsize": 1]
            let reader = ConfigReader(provider: InMemoryProvider(values: values))
            let store = try await SessionConfiguration(reader: reader).makeStore()
            #expect(store is MemorySessionStore)
        }
    }
#endif
