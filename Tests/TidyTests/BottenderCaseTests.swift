import Testing

/// Every case that Bottender 1.x tests of its stores, and where it is held here.
///
/// Where the answer is another one on purpose, the case says which. Left out is nothing: the cases
/// that ask how a JavaScript client was called ask here what the server was left with.
struct BottenderCase: CustomTestStringConvertible, Sendable {
    /// The store that is tested.
    let store: String

    /// The number of the case in that store's tests.
    let number: String

    /// What is done, and what comes of it.
    let says: String

    /// The tests, or checks of the contract, that hold it.
    let tests: [String]

    var testDescription: String { "\(store) \(number)" }

    init(_ store: String, _ number: String, _ says: String, _ tests: String...) {
        (self.store, self.number, self.says, self.tests) = (store, number, says, tests)
    }

    static let all = [
        BottenderCase(
            "CacheBasedSessionStore", "1", "init gives the same store",
            "opening and closing can be repeated"
        ),
        BottenderCase(
            "CacheBasedSessionStore", "2", "read gives what is under the id",
            "a session is read as it was written"
        ),
        BottenderCase(
            "CacheBasedSessionStore", "3", "all gives every session",
            "a listing is whole"
        ),
        BottenderCase(
            "CacheBasedSessionStore", "4", "write puts the session for ten minutes",
            "a session expires when nothing happens",
            "a lifetime is the server's time to live"
        ),
        BottenderCase(
            "CacheBasedSessionStore", "5", "destroy forgets",
            "a destroyed session is gone"
        ),
        BottenderCase(
            "FileSessionStore", "1", "a text or { dirname } names the directory",
            "file gives a file store in its directory"
        ),
        BottenderCase(
            "FileSessionStore", "2", "init gives the same store",
            "opening and closing can be repeated"
        ),
        BottenderCase(
            "FileSessionStore", "3", "read asks for the id, with @ for the colon on Windows",
            "a session is read as it was written",
            "a document without an id has that of its file"
        ),
        BottenderCase(
            "FileSessionStore", "4", "an error of the engine reads as null: here an error",
            "one damaged record is reported, and ends no listing"
        ),
        BottenderCase(
            "FileSessionStore", "5", "eleven minutes after the last activity it is null",
            "a session expires when nothing happens"
        ),
        BottenderCase(
            "FileSessionStore", "6", "all gives two",
            "a listing is whole"
        ),
        BottenderCase(
            "FileSessionStore", "7", "all gives none",
            "nothing is listed at first"
        ),
        BottenderCase(
            "FileSessionStore", "8", "write saves",
            "a session is read as it was written"
        ),
        BottenderCase(
            "FileSessionStore", "9", "destroy deletes",
            "a destroyed session is gone"
        ),
        BottenderCase(
            "MemorySessionStore", "1", "nothing, 500 or { maxSize: 500 }",
            "sizes have a default, no limit at zero, and none below",
            "maxSize is how many are kept, and 0 all of them"
        ),
        BottenderCase(
            "RedisSessionStore", "1", "a port, options, or a URL with password and database 4",
            "Bottender's settings name the same server",
            "a URL names a server"
        ),
        BottenderCase(
            "MongoSessionStore", "1", "a text or { url }",
            "the database is the given one, that of the URL, or Bottender's"
        ),
        BottenderCase(
            "MongoSessionStore", "2", "init gives the same store",
            "opening and closing can be repeated"
        ),
        BottenderCase(
            "MongoSessionStore", "3", "init connects",
            "many that come at once open one connection"
        ),
        BottenderCase(
            "MongoSessionStore", "4", "findOne by id gives the very session",
            "a document of Bottender is read as what it means"
        ),
        BottenderCase(
            "MongoSessionStore", "5", "findOne gives null",
            "an unknown id has no session"
        ),
        BottenderCase(
            "MongoSessionStore", "6", "a year and a minute after the last activity it is null",
            "Bottender's old sessions expire by our rule"
        ),
        BottenderCase(
            "MongoSessionStore", "7", "read before init prints an error: here it opens the store",
            "the first use opens a store"
        ),
        BottenderCase(
            "MongoSessionStore", "8", "all gives the documents",
            "a listing is whole"
        ),
        BottenderCase(
            "MongoSessionStore", "9", "write updates by id, and inserts: here it replaces",
            "a write replaces the whole session",
            "Bottender reads what we write"
        ),
        BottenderCase(
            "MongoSessionStore", "10", "write before init prints an error: here it opens the store",
            "the first use opens a store"
        ),
        BottenderCase(
            "MongoSessionStore", "11", "destroy removes by id",
            "a destroyed session is gone"
        ),
        BottenderCase(
            "MongoSessionStore", "12",
            "destroy before init prints an error: here it opens the store",
            "the first use opens a store"
        ),
        BottenderCase(
            "MongoSessionStore", "13", "the collection is sessions",
            "Bottender's settings name the same collection"
        ),
        BottenderCase(
            "MongoSessionStore", "14", "collectionName is used",
            "Bottender's settings name the same collection"
        ),
        BottenderCase(
            "MemoryCacheStore", "1", "put a text for five minutes; get",
            "a session is read as it was written"
        ),
        BottenderCase(
            "MemoryCacheStore", "2", "get twice: equal, and not the same object",
            "a session is a value"
        ),
        BottenderCase(
            "MemoryCacheStore", "3", "get of an unknown key is null",
            "an unknown id has no session"
        ),
        BottenderCase(
            "MemoryCacheStore", "4", "all gives the newest first: here in no order",
            "a listing is whole"
        ),
        BottenderCase(
            "MemoryCacheStore", "5", "all gives none",
            "nothing is listed at first"
        ),
        BottenderCase(
            "MemoryCacheStore", "6", "for five minutes; after six it is null",
            "a session expires when nothing happens"
        ),
        BottenderCase(
            "MemoryCacheStore", "7", "for zero minutes; after six it is there",
            "without a lifetime nothing expires"
        ),
        BottenderCase(
            "MemoryCacheStore", "8", "numbers, texts, booleans, objects and lists come back",
            "a compact text comes back to the letter",
            "a document comes back with all it had"
        ),
        BottenderCase(
            "MemoryCacheStore", "9", "a frozen object can be changed after it is read",
            "a session is a value"
        ),
        BottenderCase(
            "MemoryCacheStore", "10", "forget one, keep the other",
            "a destroyed session is gone"
        ),
        BottenderCase(
            "MemoryCacheStore", "11", "flush forgets all",
            "every filter has its own"
        ),
        BottenderCase(
            "MemoryCacheStore", "12", "the prefix is empty: here ids are keys",
            "ids are the same when their bytes are"
        ),
        BottenderCase(
            "RedisCacheStore", "1-6", "what the client is made of",
            "a URL names a server",
            "each way of naming servers is understood",
            "a socket in the file system is as good as a port"
        ),
        BottenderCase(
            "RedisCacheStore", "7", "GET gives the document",
            "what Bottender has written is read, field by field"
        ),
        BottenderCase(
            "RedisCacheStore", "8", "GET gives null",
            "an unknown id has no session"
        ),
        BottenderCase(
            "RedisCacheStore", "9", "SCAN and MGET give all",
            "a listing is whole"
        ),
        BottenderCase(
            "RedisCacheStore", "10", "SCAN goes on until its cursor is 0",
            "what a server names twice is listed once"
        ),
        BottenderCase(
            "RedisCacheStore", "11", "put for five minutes is SETEX 300",
            "a lifetime is the server's time to live"
        ),
        BottenderCase(
            "RedisCacheStore", "12", "put for zero minutes is SET",
            "what we write is a text that Bottender parses, under the key it asks for"
        ),
        BottenderCase(
            "RedisCacheStore", "13", "values are JSON",
            "what we write is a text that Bottender parses, under the key it asks for"
        ),
        BottenderCase(
            "RedisCacheStore", "14", "forget is DEL",
            "both may take turns on a session"
        ),
        BottenderCase(
            "RedisCacheStore", "15", "flush is FLUSHDB: here keys of others stay",
            "keys of others are not listed, counted or destroyed"
        ),
        BottenderCase(
            "RedisCacheStore", "16-17", "the prefix is empty, and can be set",
            "a prefix keeps stores apart, whatever is in it"
        ),
        BottenderCase(
            "getSessionStore", "1", "no settings give a memory store",
            "nothing set and memory give a memory store of 500"
        ),
        BottenderCase(
            "getSessionStore", "2", "memory with maxSize",
            "maxSize is how many are kept, and 0 all of them"
        ),
        BottenderCase(
            "getSessionStore", "3", "file with dirname",
            "file gives a file store in its directory"
        ),
        BottenderCase(
            "getSessionStore", "4", "mongo with url and collectionName",
            "Bottender's settings name the same collection"
        ),
        BottenderCase(
            "getSessionStore", "5", "redis with options",
            "Bottender's settings name the same server"
        ),
        BottenderCase(
            "getSessionStore", "6", "an instance under another name is that driver",
            "a driver of one's own is made with its settings and the lifetime"
        ),
    ]
}

@Suite struct BottenderCaseTests {
    @Test func `every case of Bottender's is held by tests that there are`() throws {
        let text = try Repository().sources()
            .filter { $0.isSwift && !$0.path.hasSuffix("BottenderCaseTests.swift") }
            .map { $0.lines.joined(separator: "\n") }
            .joined(separator: "\n")
        for bottenderCase in BottenderCase.all {
            #expect(!bottenderCase.tests.isEmpty)
            for name in bottenderCase.tests {
                let isThere = text.contains("`\(name)`") || text.contains("\"\(name)\"")
                #expect(isThere, "\(bottenderCase.testDescription): \(name)")
            }
        }
        #expect(BottenderCase.all.count >= 55)
    }
}
