module example.com/shop/services/api

go 1.26

require golang.org/x/text v0.43.0
