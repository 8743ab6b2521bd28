#if Tools
    import Foundation
    import SessionCore

    #if Mongo
        import MongoSessions
    #endif

    extension Place {
        /// What has the URL of a server that is named by its scheme only.
        static let mongoVariable = "SESSION_STORES_MONGO_URL"

        /// Opens the store on a MongoDB server for `body`, and closes it after.
        static func withMongoStore<Result>(
            _ url: String,
            expiresIn minutes: Double,
            isSource: Bool = false,
            _ body: (any SessionStore) async throws -> Result
        ) async throws -> Result {
            #if Mongo
                let place = Place.mongo(url)
                let (url, collection) = mongoParts(try serverURL(url, mongoVariable))
                return try await withServer(place) { () throws(SessionStoreError) in
                    var options = MongoSessionOptions(
                        url: url, expiry: try Expiry(minutes: minutes))
                    options.collectionName = collection ?? options.collectionName
                    options.createsIndexes = !isSource
                    options.keepsExpired = isSource
                    return MongoSessionStore(options)
                } use: { store in
                    if isSource, let mongo = store as? MongoSessionStore,
                        try await !mongo.hasCollection()
                    {
                        let name = mongo.options.collectionName
                        throw Failure("\(place): there is no collection \"\(escaped(name))\".")
                    }
                    return try await body(store)
                }
            #else
                throw Failure("\(Place.mongo(url)): built without the trait Mongo.")
            #endif
        }

        /// Returns how many documents the collection of a store has that is one; nil when it can't
        /// be known.
        static func documentCount(of store: any SessionStore) async -> Int? {
            #if Mongo
                return try? await (store as? MongoSessionStore)?.documentCount()
            #else
                return nil
            #endif
        }

        /// Takes the parameter `collectionName` out of a URL, which no driver but ours would know.
        static func mongoParts(_ url: String) -> (url: String, collection: String?) {
            // Behind the credentials, in which a question mark may be part of a password.
            let authority = (url.range(of: "://")?.upperBound).map { url[$0...] } ?? url[...]
            let hosts = authority.prefix { $0 != "/" }.lastIndex(of: "@") ?? authority.startIndex
            guard let mark = url[hosts...].firstIndex(of: "?") else { return (url, nil) }
            var collection: String?
            let rest = url[url.index(after: mark)...].split(separator: "&").filter { item in
                guard item.hasPrefix("collectionName=") else { return true }
                collection = String(item.dropFirst("collectionName=".count))
                return false
            }
            let base = String(url[..<mark])
            return (rest.isEmpty ? base : "\(base)?\(rest.joined(separator: "&"))", collection)
        }
    }
#endif
