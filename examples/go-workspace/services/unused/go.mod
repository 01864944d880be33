module example.com/shop/services/unused

go 1.26
