import SessionCore
import Testing

@Suite struct ExpiryTests {
    @Test(
        arguments: [(nil, nil), (0, nil), (1, 60_000), (0.5, 30_000), (1e-9, 1)]
            as [(Double?, Int64?)])
    func `minutes become a lifetime`(minutes: Double?, lifetime: Int64?) throws {
        #expect(try Expiry(minutes: minutes).lifetime == lifetime)
    }

    @Test(arguments: [-1, -0.001, .nan, .infinity, -.infinity, Expiry.minutesMax + 1, 1e300])
    func `absurd minutes name the setting`(minutes: Double) {
        let error = #expect(throws: SessionStoreError.self) { try Expiry(minutes: minutes) }

        guard case .misconfigured(let fault)? = error else {
            Issue.record("not misconfigured: \(String(describing: error))")
            return
        }
        #expect(fault.setting == "session.expiresIn")
    }

    @Test func `the longest lifetime is a thousand years`() throws {
        #expect(try Expiry(minutes: Expiry.minutesMax).lifetime == 31_536_000_000_000)
        #expect(Expiry.oneYear.minutes == 525_600)
        #expect(Expiry.never.minutes == 0)
    }

    @Test(arguments: [(60_999, false), (61_000, false), (61_001, true), (0, false)])
    func `a session lives for exactly its lifetime`(now: Int64, isExpired: Bool) throws {
        let minute = try Expiry(minutes: 1)

        #expect(
            Expiry.isExpired(lastActivity: 1_000, own: nil, store: minute, now: now) == isExpired
        )
        #expect(Expiry.deadline(lastActivity: 1_000, own: nil, store: minute) == 61_000)
    }

    @Test func `the session's own lifetime wins over the store's`() throws {
        let minute = try Expiry(minutes: 1)
        var session = Samples.session("x:1").stamped(at: 0)

        #expect(session.isExpired(at: 60_001, in: minute))
        session.expiry = .never
        #expect(session["expiresIn"] == 0)
        #expect(!session.isExpired(at: .max, in: minute))
        session.expiry = minute
        #expect(session["expiresIn"]?.number?.text == "1")
        #expect(session.isExpired(at: 60_001, in: .never))
        #expect(session.deadline(in: .never) == 60_000)
        session.expiry = nil
        #expect(session["expiresIn"] == nil)
        #expect(session.deadline(in: .never) == nil)
    }

    @Test(arguments: [1, 29_999, 30_000, 60_001, 31_535_999_999_999] as [Int64])
    func `a lifetime survives the document to the millisecond`(lifetime: Int64) throws {
        var session = Samples.session("x:1")
        session.expiry = try Expiry(minutes: Double(lifetime) / 60_000)

        #expect(try Session(decoding: session.encoded()).expiry?.lifetime == lifetime)
    }

    @Test(arguments: ["\"5\"", "-1", "null", "1e999", "{}"])
    func `a lifetime in a document that is none counts as absent`(text: String) throws {
        var session = Samples.session("x:1")
        session["expiresIn"] = try JSON(parsing: text)

        #expect(session.expiry == nil)
    }

    @Test(arguments: [Int64.min, .max])
    func `extreme times overflow nothing`(time: Int64) {
        let year = Expiry.oneYear

        #expect(Expiry.isExpired(lastActivity: .min, own: nil, store: year, now: 0))
        #expect(!Expiry.isExpired(lastActivity: .max, own: nil, store: year, now: time))
        #expect(!Expiry.isExpired(lastActivity: nil, own: nil, store: year, now: time))
    }

    @Test func `the system's clock is in milliseconds since 1970`() {
        let now = SessionClock.system.now()

        #expect(now > 1_600_000_000_000)
        #expect(now < 10_000_000_000_000)
    }
}
