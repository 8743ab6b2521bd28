#if Redis
    internal import NIOCore
    internal import SessionCore

    extension RedisSessionOptions {
        /// Checks the settings and makes what talks to the servers; nothing is connected yet.
        func makeServers() throws(SessionStoreError) -> RedisServers {
            try validate()
            var setup = RedisSetup(timeout: TimeAmount(timeout))
            setup.protocolVersion = protocolVersion
            if let tls { setup.tls = try RedisTLS(tls) }
            setup.addressMap = addressMap
            var sentinelSetup = setup
            sentinelSetup.password = sentinelPassword
            sentinelSetup.passwordSetting = RedisSetting.sentinelPassword
            setup.user = user
            setup.password = password
            setup.db = db
            let map: any ServerMap
            switch deployment {
            case .server(let address):
                setup.isAlone = true
                map = SingleServer(address: address, nodes: NodeTable(setup, poolSize: poolSize))
            case .sentinels(let addresses, let name):
                setup.needsPrimary = true
                map = SentinelServers(
                    addresses,
                    name: name,
                    nodes: NodeTable(setup, poolSize: poolSize),
                    sentinelNodes: NodeTable(sentinelSetup, poolSize: 1)
                )
            case .cluster(let addresses):
                map = ClusterServers(addresses, nodes: NodeTable(setup, poolSize: poolSize))
            }
            return RedisServers(map, timeout: timeout)
        }
    }
#endif
