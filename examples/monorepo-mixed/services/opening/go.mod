module example.com/shop/services/opening

go 1.26
