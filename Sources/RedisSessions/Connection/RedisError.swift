#if Redis
    /// Why there is no answer from a server.
    enum RedisError: Error, Sendable {
        /// Nobody could be asked, so nothing has happened.
        case unreachable(place: String, cause: String)

        /// Somebody was asked and has not answered; what was asked for may have happened.
        case lost(place: String, cause: String)

        /// The server will not have us as we are set up.
        case refused(place: String, setting: String, cause: String)

        /// The server answered with an error.
        case failed(place: String, RedisFailure)

        /// What the server said is no answer.
        case malformed(place: String, cause: String)

        /// The task was cancelled before anybody was asked.
        case cancelled
        case closed
    }
#endif
