#if Mongo
    import SessionCore

    // The one place where errors of libmongoc and of the server become the contract's.

    /// What a command is sent for, and since when somebody waits for it.
    struct Call {
        var operation: Fault.Operation
        var id: SessionID?
        var start = ContinuousClock.now

        init(_ operation: Fault.Operation, _ id: SessionID? = nil) {
            (self.operation, self.id) = (operation, id)
        }

        func fault(at place: String?, setting: String? = nil, _ cause: String) -> Fault {
            Fault(operation, id: id, place: place, setting: setting, cause: cause)
        }
    }

    /// The names of settings, for faults.
    enum MongoSetting {
        static let url = "session.stores.mongo.url"
        static let collectionName = "session.stores.mongo.collectionName"
        static let createsIndexes = "session.stores.mongo.createsIndexes"
    }

    /// Numbers of errors that the driver asks for.
    enum MongoCode {
        static let duplicateKeys: Set = [11_000, 11_001, 12_582]
        static let indexConflicts: Set = [67, 85, 86]
        static let unauthorized: Set = [13, 8_000]
        static let quotaExceeded = 12_501
    }

    extension SessionStoreError {
        /// Translates what libmongoc or the server answered to `call`.
        init(_ failure: MongoFailure, _ call: Call, at place: String?) {
            switch failure.source {
            case .server: self.init(serverCode: failure, call, at: place)
            case .writeConcern: self.init(writeConcernCode: failure, call, at: place)
            case .url:
                let cause =
                    failure.name.isEmpty
                    ? "it is no URL that libmongoc can use"
                    : "libmongoc knows no option \"\(failure.name)\""
                self = .misconfigured(call.fault(at: nil, setting: MongoSetting.url, cause))
            case .authentication:
                let cause = "the server does not accept the user, the password or the mechanism"
                self = .misconfigured(call.fault(at: place, setting: MongoSetting.url, cause))
            case .selection:
                let cause = "no server that takes writes was found: \(failure.name)"
                self = .unavailable(call.fault(at: place, cause))
            case .stream:
                let cause = "the connection failed: \(failure.name)"
                self = .unavailable(call.fault(at: place, cause))
            case .protocolError:
                let cause = "what came is no answer of a MongoDB server (\(failure.code))"
                self = .unavailable(call.fault(at: place, cause))
            case .tooBig:
                let cause = "the command has more bytes than the server takes"
                self = .rejected(call.fault(at: place, cause))
            case .library:
                // Arguments that libmongoc refuses, for instance a write concern that is none.
                let cause = "libmongoc refuses the call (\(failure.code))"
                self = .misconfigured(call.fault(at: place, setting: MongoSetting.url, cause))
            }
        }

        /// Translates the server's own numbers.
        private init(serverCode failure: MongoFailure, _ call: Call, at place: String?) {
            let name = failure.name.isEmpty ? "" : ", \(failure.name)"
            let cause = "the server answered with error \(failure.code)\(name)"
            let fault = call.fault(at: place, cause)
            var misconfigured = fault
            misconfigured.setting = MongoSetting.url
            switch failure.code {
            case 13:
                misconfigured.cause = "the user may not do this (\(cause))"
                self = .misconfigured(misconfigured)
            case 18, 8_000, 11, 334:
                misconfigured.cause = "the server does not let the user in (\(cause))"
                self = .misconfigured(misconfigured)
            case 59, 115, 79, 100, 9, 2, 72:
                // Commands and options of the URL that the server doesn't know.
                self = .misconfigured(misconfigured)
            case 73, 20, 166, 352:
                // No name of a collection, or the name of a view.
                misconfigured.setting = MongoSetting.collectionName
                self = .misconfigured(misconfigured)
            case 10_334, 17_419, 17_420, 17_280, 15_999:
                let cause = "the session is larger than MongoDB allows (\(cause))"
                self = .rejected(call.fault(at: place, cause))
            case 121:
                let cause = "the collection has a validator, which refuses the session (\(cause))"
                self = .rejected(call.fault(at: place, cause))
            case 14_031, MongoCode.quotaExceeded, 10_026:
                self = .outOfSpace(fault)
            default:
                // Not the primary any more, interrupted, too busy, or new to us: later, perhaps.
                self = .unavailable(fault)
            }
        }

        /// Translates why a write is not as safe as the URL asks, though it has happened.
        private init(writeConcernCode failure: MongoFailure, _ call: Call, at place: String?) {
            switch failure.code {
            case 79, 100, 9, 2:
                let cause = "the servers can't give the write concern that it asks for"
                self = .misconfigured(call.fault(at: place, setting: MongoSetting.url, cause))
            default:
                let cause =
                    "the write has happened, and is not yet as safe as the URL asks "
                    + "(error \(failure.code))"
                self = .unavailable(call.fault(at: place, cause))
            }
        }

        /// Translates why a call was not made.
        init(_ refusal: WorkerLine.Refusal, _ call: Call, at place: String?) {
            switch refusal {
            case .cancelled:
                let cause = "the task was cancelled while it waited for a connection"
                self = .cancelled(call.fault(at: place, cause))
            case .closed:
                self = .closed(call.fault(at: place, "the store was closed before"))
            case .unreachable:
                let cause = "the server does not answer those whose turn was before"
                self = .unavailable(call.fault(at: place, cause))
            }
        }

        /// Translates a document that is no session.
        init(_ problem: StoredSession.Problem, _ call: Call, id: SessionID?, at place: String?) {
            self = .corrupted(
                Fault(call.operation, id: id, place: place, cause: problem.description)
            )
        }
    }
#endif
