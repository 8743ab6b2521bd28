import SessionCore
import Testing

@Suite struct SessionKindTests {
    @Test(
        arguments: [
            (#"{"id":"line:1","type":"group"}"#, .group),
            (#"{"id":"line:1","type":"room"}"#, .room),
            (#"{"id":"line:1","type":"user"}"#, .user), (#"{"id":"line:1","room":{}}"#, .room),
            (#"{"id":"slack:C1","channel":{"id":"C1"}}"#, .channel),
            (#"{"id":"slack:G1"}"#, .group),
            (#"{"id":"slack:D1","channel":{"id":"D1"}}"#, .user), (#"{"id":"slack:U1"}"#, .user),
            (#"{"id":"telegram:1"}"#, .user), (#"{"id":"telegram:-1","group":{"id":-1}}"#, .group),
            (#"{"id":"telegram:-1001","channel":{"id":-1001}}"#, .channel),
            (#"{"id":"telegram:-1001"}"#, .group), (#"{"id":"messenger:1","page":{}}"#, .user),
            (#"{"id":"other:1","group":null}"#, .user), (#"{"id":"other:1","group":{}}"#, .group),
            (#"{"id":"slack:C1","kind":"thread"}"#, .thread),
            (#"{"id":"slack:C1","kind":"nonsense"}"#, .channel),
        ] as [(String, SessionKind)])
    func `the kind is stored, or follows from the document`(
        text: String,
        kind: SessionKind
    ) throws {
        #expect(try Session(decoding: Array(text.utf8)).kind == kind)
    }

    @Test(
        arguments: [
            (#"{"id":"x:1"}"#, []), (#"{"id":"x:1","user":{"id":427770117}}"#, ["427770117"]),
            (#"{"id":"x:1","user":{"userId":"U1"}}"#, ["U1"]), (#"{"id":"x:1","user":null}"#, []),
            (
                #"{"id":"x:1","user":{"id":"a"},"group":{"members":[{"id":"b"},{"id":"a"}]}}"#,
                ["a", "b"]
            ),
            (
                #"{"id":"x:1","room":{"members":[{"id":1},{}]},"channel":{"members":["c"]}}"#,
                ["1", "c"]
            ),
            (#"{"id":"x:1","group":{"members":"none"}}"#, []),
        ] as [(String, [String])])
    func `participants are whom the document names`(text: String, persons: [String]) throws {
        #expect(try Session(decoding: Array(text.utf8)).participants == persons)
    }
}
