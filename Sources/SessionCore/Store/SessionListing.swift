/// Ids or sessions of a store, one page in memory at a time.
///
/// An element is a result, because one damaged record must not hide the others: a failure stands
/// for one session that can't be read, and what follows it is sound. Only when the driver can't go
/// on at all is a failure the last element.
///
/// A listing is no snapshot. What is there from the first page to the last is listed once; what
/// comes, goes or changes meanwhile may or may not be. Each iteration starts afresh.
public struct SessionListing<Item: Sendable>: AsyncSequence, Sendable {
    /// An id or a session, or why one can't be given.
    public typealias Element = Result<Item, SessionStoreError>

    /// A listing never throws; its failures are elements.
    public typealias Failure = Never

    /// Some elements of a listing, and the way to the next ones.
    public struct Page: Sendable {
        /// The elements, none if need be.
        public var elements: [Element]

        /// Gets the next page, or is nil after the last.
        public var next: (@Sendable () async -> Page)?

        /// Creates a page.
        public init(_ elements: [Element], next: (@Sendable () async -> Page)? = nil) {
            self.elements = elements
            self.next = next
        }
    }

    /// The state of one iteration.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var elements: ArraySlice<Element> = []
        private var load: (@Sendable () async -> Page)?

        fileprivate init(load: @escaping @Sendable () async -> Page) {
            self.load = load
        }

        /// Returns the next element, or nil after the last.
        public mutating func next() async -> Element? {
            await next(isolation: #isolation)
        }

        /// Returns the next element, or nil after the last, without leaving the caller's actor.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(Never) -> Element? {
            while elements.isEmpty {
                guard let load else { return nil }
                let page = await load()
                elements = page.elements[...]
                self.load = page.next
            }
            return elements.popFirst()
        }
    }

    private let first: @Sendable () async -> Page

    /// Creates a listing that begins with the page that `first` gets.
    ///
    /// A driver decides how large its pages are; that is what bounds the memory.
    public init(first: @escaping @Sendable () async -> Page) {
        self.first = first
    }

    /// Starts an iteration at the first page.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(load: first)
    }

    /// Returns a listing of what `transform` makes of each item, page by page; failures stay.
    public func mapItems<Mapped: Sendable>(
        _ transform: @escaping @Sendable (Item) -> Mapped
    ) -> SessionListing<Mapped> {
        let first = first
        return SessionListing<Mapped> { await first().map(transform) }
    }
}

extension SessionListing.Page {
    fileprivate func map<Mapped: Sendable>(
        _ transform: @escaping @Sendable (Item) -> Mapped
    ) -> SessionListing<Mapped>.Page {
        var page = SessionListing<Mapped>.Page(elements.map { $0.map(transform) })
        if let next { page.next = { await next().map(transform) } }
        return page
    }
}
