#if Redis
    import SessionCore

    // The one place where what servers and connections say becomes the contract's errors.
    extension SessionStoreError {
        /// Translates what kept a store from doing `operation`.
        init(_ error: RedisError, _ operation: Fault.Operation, id: SessionID? = nil) {
            func fault(_ place: String?, _ cause: String, setting: String? = nil) -> Fault {
                Fault(operation, id: id, place: place, setting: setting, cause: cause)
            }
            switch error {
            case .unreachable(let place, let cause): self = .unavailable(fault(place, cause))
            case .lost(let place, let cause):
                self = .unavailable(fault(place, "\(cause); a write may have happened"))
            case .refused(let place, let setting, let cause):
                self = .misconfigured(fault(place, cause, setting: setting))
            case .malformed(let place, let cause): self = .unavailable(fault(place, cause))
            case .cancelled:
                self = .cancelled(
                    fault(nil, "the task was cancelled while it waited for the server"))
            case .closed: self = .closed(fault(nil, "the store was closed before"))
            case .failed(let place, let failure):
                self = SessionStoreError(failure) { cause, setting in
                    fault(place, cause, setting: setting)
                }
            }
        }

        private init(_ failure: RedisFailure, _ fault: (String, String?) -> Fault) {
            switch failure.code {
            case "WRONGTYPE":
                self = .corrupted(fault("what is under the session's key is no text", nil))
            case "OOM":
                self = .outOfSpace(fault("the server has used the memory that it may use", nil))
            case "NOAUTH", "WRONGPASS":
                self = .misconfigured(fault(failure.summary, RedisSetting.password))
            case "NOPERM":
                self = .misconfigured(
                    fault("the user may not do this: \(failure.summary)", RedisSetting.user))
            case "READONLY":
                self = .unavailable(fault("the server is a read-only replica", nil))
            default: self = .unavailable(fault("the server says \(failure.summary)", nil))
            }
        }
    }
#endif
