"""Scrapy's settings for every spider of the project.

Most of Scrapy's own middlewares are off: what they do is done by `crawler.policy` and `crawler.fetch`, which also
obey robots.txt where it can't be reached, archive each hop, and leave one record for every slot.
"""

BOT_NAME = "stillforsale"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# Nothing listens: Scrapy's remote control runs any code that is posted to it, and is on by default.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

# One way out, http and https only.
DOWNLOAD_HANDLERS = {
    "http": "crawler.transport.WireHandler",
    "https": "crawler.transport.WireHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 20 * 1024 * 1024

# A look is never answered from a cache, carries no cookie of an earlier look, and is not repeated behind our back.
HTTPCACHE_ENABLED = False
COOKIES_ENABLED = False
RETRY_ENABLED = False
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
COMPRESSION_ENABLED = False
HTTPPROXY_ENABLED = False
DOWNLOADER_STATS = False
REFERER_ENABLED = False
HTTPERROR_ALLOW_ALL = True
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    # Scrapy's reads a robots.txt that answers 503 as "allow all"; crawler.policy asks before every hop.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": None,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": None,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": None,
}

# Lanes pace each host (crawler.pace); Scrapy's own delay would only be added to it.
CONCURRENT_REQUESTS = 64
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 0

LOG_LEVEL = "WARNING"
LOGSTATS_INTERVAL = 0
MEMUSAGE_ENABLED = False
STATS_DUMP = False
