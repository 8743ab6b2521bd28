import SessionCore
import Testing

@Suite struct SessionStateTests {
    struct Order: Codable, Equatable {
        var step: Int
        var name: String?
    }

    @Test func `state is merged shallowly, replaced and reset`() {
        var session = Session(id: "x:1")
        session["mine"] = 1
        session.mergeState(["a": ["x": 1], "b": 2])
        session.mergeState(["a": ["y": 2]])
        #expect(session.state == ["a": ["y": 2], "b": 2])

        session.resetState(to: ["step": 0])
        #expect(session.state == ["step": 0])

        session.resetState()
        #expect(session.state.isEmpty)
        #expect(session["mine"] == 1)
    }

    @Test func `state is an author's own type`() throws {
        var session = Session(id: "x:1")
        try session.setState(Order(step: 2, name: "Ánna"))

        #expect(session.state["step"] == 2)
        #expect(try session.state(as: Order.self) == Order(step: 2, name: "Ánna"))
        session.state["step"] = "three"
        #expect(throws: DecodingError.self) { try session.state(as: Order.self) }
    }

    @Test func `a type that is no object is refused and changes nothing`() {
        var session = Session(id: "x:1")
        session.state["a"] = 1

        #expect(throws: EncodingError.self) { try session.setState([1, 2]) }
        #expect(session.state == ["a": 1])
    }

    @Test(arguments: [#"{"id":"x:1"}"#, #"{"id":"x:1","_state":null}"#])
    func `a document without state has an empty one`(text: String) throws {
        let session = try Session(decoding: Array(text.utf8))

        #expect(session.state.isEmpty)
        #expect(String(decoding: try session.encoded(), as: UTF8.self) == text)
    }
}
